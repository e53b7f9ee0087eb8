#!/usr/bin/env bash
# The one place that names the programs tests and benchmarks compare with, and the Debian packages they come from.
# As root, with CI=true or asked by the word "install", it installs what is missing; otherwise it only says so.
#
# A test that needs one of them asks for it: it skips with a reason where the program is missing, and fails instead
# of skipping where CI=true, so that nothing is silently left out there.
set -euo pipefail

# program:package
wanted=(
  tshark:tshark                  # flows and TLS states are checked against it
  capinfos:wireshark-common      # the pace of reading a capture
  tcpdump:tcpdump                # recording, and a second reader of captures
  rg:ripgrep                     # counts of patterns are checked against it
  pigz:pigz                      # makes the benchmark's archives faster
  zcat:gzip
  bzip2:bzip2
  xz:xz-utils
  zstd:zstd
  zip:zip
  jq:jq
  netstat:net-tools
  ss:iproute2
  openssl:openssl                # real TLS conversations
  redis-server:redis-server
  logrotate:logrotate            # rotates logs that are followed
  rsyslogd:rsyslog               # writes one
  zsh:zsh                        # completions are tried in it
  fish:fish                      # the same
  chromium:chromium              # the HTML report is opened in it
  gcc:gcc                        # the race detector
  java:openjdk-17-jre-headless
)
# Packages without a program of their own, by a file of theirs.
wanted_files=(
  /usr/share/java/zookeeper.jar:zookeeperd
  /usr/include/stdio.h:libc6-dev # the race detector
)
missing=()
for pair in "${wanted[@]}"; do command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}"); done
for pair in "${wanted_files[@]}"; do [ -e "${pair%%:*}" ] || missing+=("${pair#*:}"); done

if [ ${#missing[@]} -eq 0 ]; then
  echo "test tools: all here"
  exit 0
fi
if [ "${CI:-}" != true ] && [ "${1:-}" != install ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "test tools: missing, so tests that need them skip: ${missing[*]}"
  echo "test tools: on Debian: apt-get install --no-install-recommends ${missing[*]}"
  exit 0
fi

export DEBIAN_FRONTEND=noninteractive
# No daemon is to be started by its package: tests start their own.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
# Mirrors fail now and then. What stays missing is for the tests to judge, so this script does not fail.
for attempt in 1 2 3; do
  if apt-get -qq update && apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null; then
    echo "test tools: installed ${missing[*]}"
    exit 0
  fi
  echo "test tools: attempt $attempt to install ${missing[*]} failed" >&2
  sleep $((attempt * 5))
done
echo "test tools: not installed; tests that need them will say so" >&2
