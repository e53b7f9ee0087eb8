#!/usr/bin/env bash
# Runs every fuzz target of the module, one after the other, each for FUZZTIME (30s).
# Inputs that failed are kept by go test under the package's testdata/fuzz: commit them with the mending.
#   scripts/fuzz.sh                 all targets
#   scripts/fuzz.sh ./parsers/...   those of some packages
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0 ran=0
for package in $(go list "${@:-./...}"); do
  # The list is taken first, so that a package that does not build is an error and not a package without targets.
  listed=$(go test -list '^Fuzz' "$package")
  for target in $(grep '^Fuzz' <<<"$listed" || :); do
    echo "== $target in $package"
    ran=$((ran + 1))
    go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-30s}" "$package" || failed=$((failed + 1))
  done
done
echo "fuzz: $ran targets, $failed failed"
[ "$failed" -eq 0 ]
