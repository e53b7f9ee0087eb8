# Everything a contributor runs. "make" alone builds.
#
#   build   the program, as ./forensic
#   test    formatting, vet, and every test (minutes)
#   race    the tests once more under the race detector (needs a C compiler)
#   lint    golangci-lint, where installed
#   fuzz    each fuzz target for FUZZTIME
#   bench   the corpus of SIZE under bench-data/, then the comparison with other tools
#   soak    the tests that take long, and their figures; SHARE=0.01 is a hundredth (hours are minutes)
#   tools   installs the programs tests compare with (Debian, as root; otherwise says what is missing)
#   update  rewrites the expectations of all fixtures: review the difference like code

GO       ?= go
SIZE     ?= 1GB
ROUNDS   ?= 5
FUZZTIME ?= 30s
SHARE    ?= 1
# One budget for each package's tests. The race detector makes them several times slower.
TIMEOUT  ?= 5m

export CGO_ENABLED ?= 0

.PHONY: build test format vet race lint fuzz bench soak update tools

build:
	$(GO) build -trimpath -o forensic ./cmd/forensic

test: format vet
	$(GO) test -timeout $(TIMEOUT) ./...
	@echo "make test: all passed"

format:
	@bad=$$(find . -name '*.go' -not -path './bench-data/*' -exec gofmt -l {} +); \
	if [ -n "$$bad" ]; then echo "gofmt would change:"; echo "$$bad"; exit 1; fi
	@echo "gofmt: nothing to change"

vet:
	$(GO) vet ./...

race:
	CGO_ENABLED=1 $(GO) test -race -timeout 20m ./...
	@echo "make race: all passed"

lint:
	@if command -v golangci-lint >/dev/null; then golangci-lint run; \
	else echo "lint: golangci-lint is not installed: see https://golangci-lint.run"; exit 1; fi

fuzz:
	FUZZTIME=$(FUZZTIME) scripts/fuzz.sh

bench: build
	$(GO) run ./bench/corpus -dir bench-data -size $(SIZE)
	$(GO) run ./bench/compare -dir bench-data -size $(SIZE) -rounds $(ROUNDS) -forensic ./forensic

soak:
	SOAK=$(SHARE) $(GO) test -count=1 -timeout 12h -v ./... 2>&1 | scripts/figures.sh
	@echo "make soak: all passed"

update:
	UPDATE=1 $(GO) test -count=1 ./...

tools:
	scripts/install-test-tools.sh install
