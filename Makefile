# Two commands do everything: `make serve` and `make test`.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000

# Where this is set, each of the hundreds of processes of the tests would compile the source again.
unexport PYTHONDONTWRITEBYTECODE

# The type checker has one core: kernels are compiled beside it.
MAKEFLAGS += --jobs=2

.DEFAULT_GOAL := help
.PHONY: help install lock serve test quick nightly browser clients check lint format types imports kernels bench bench-solver bench-simulator bench-fairness studies bench-http bench-scale bench-cluster image clean

help:  ## list what one can do here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(VENV)/.develop-installed  ## prepare .venv with everything that is pinned

# uv installs in seconds what takes pip half a minute. Where it cannot (it does not read pip's
# configuration, say of a mirror), pip does. Both check the same hashes.
INSTALL_INTO = UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/pip config get global.index-url 2>/dev/null)}}" \
  VIRTUAL_ENV=$(1) $(BIN)/uv pip install --quiet --compile-bytecode --no-deps --require-hashes -r $(2) \
  || $(BIN)/pip --python $(1)/bin/python install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(2)
INSTALL = $(call INSTALL_INTO,$(VENV),$(1))

$(VENV)/.build-installed: requirements/build.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Expected Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/build.txt
	@touch $@

$(VENV)/.project-installed: $(VENV)/.build-installed pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.serve-installed: $(VENV)/.project-installed requirements/serve.txt
	$(call INSTALL,requirements/serve.txt)
	@touch $@

$(VENV)/.develop-installed: $(VENV)/.project-installed requirements/develop.txt
	$(call INSTALL,requirements/develop.txt)
	@touch $@

# To add a dependency: name it in pyproject.toml, then `make lock`. UPGRADE="numpy numba" moves
# those to their newest releases, UPGRADE=all everything.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
  $(if $(filter all,$(UPGRADE)),--upgrade,$(addprefix --upgrade-package=,$(UPGRADE)))
define LOCK_HEAD
# Made by `make lock`: do not edit. To add a dependency, name it in pyproject.toml and run `make lock`;
# to move one to its newest release: make lock UPGRADE="numpy numba", or UPGRADE=all.
endef
export LOCK_HEAD

lock: $(VENV)/.build-installed  ## pin every dependency, with hashes, in requirements/ (UPGRADE="numpy numba", or all)
	$(LOCK) pyproject.toml --all-extras --output-file requirements/develop.txt
	$(LOCK) pyproject.toml --constraints requirements/develop.txt --output-file requirements/serve.txt
	$(LOCK) --group build --output-file requirements/build.txt
	$(LOCK) --group clients --output-file requirements/clients.txt
	@for file in develop serve build clients; do \
	  { echo "$$LOCK_HEAD"; grep -v '^#' requirements/$$file.txt; } > requirements/$$file.new && mv requirements/$$file.new requirements/$$file.txt || exit 1; done

serve: $(VENV)/.serve-installed  ## start the service (HOST=127.0.0.1 PORT=8000)
	$(BIN)/whale-matching serve --host $(HOST) --port $(PORT)

test: check kernels browser clients  ## run every check and every test
	$(BIN)/pytest -m 'not soak'
	$(BIN)/pytest -m soak -n 0

quick: kernels  ## run the quick tests, for everyday work
	$(BIN)/pytest -m 'not slow and not soak' --hypothesis-profile=quick

nightly: check kernels browser clients  ## run everything on examples that are drawn anew, and more of them
	$(BIN)/pytest -m 'not soak' --hypothesis-profile=nightly
	$(BIN)/pytest -m soak -n 0

kernels: install
	$(BIN)/whale-matching compile

# What generates clients of the service in the tests; npm's part is skipped where there is no npm.
CLIENTS = $(VENV)/clients
clients: $(CLIENTS)/.installed
	@command -v npm >/dev/null || echo "No npm: the test of a TypeScript client will be skipped."

$(CLIENTS)/.installed: $(VENV)/.build-installed requirements/clients.txt tests/clients/package-lock.json
	$(PYTHON) -m venv --without-pip $(CLIENTS)
	$(call INSTALL_INTO,$(CLIENTS),requirements/clients.txt)
	@cp tests/clients/package.json tests/clients/package-lock.json $(CLIENTS)/
	@! command -v npm >/dev/null || npm ci --silent --no-audit --no-fund --prefix $(CLIENTS)
	@touch $@

# Where the system's package manager can be used; without a browser, the page's tests are skipped.
browser:
	@test -x /usr/bin/chromium || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } || \
	  echo "No Chromium at /usr/bin/chromium and none could be installed: the page's tests will be skipped."

check: lint types imports  ## linter, formatter check, type check, import contract

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

imports: install
	$(BIN)/lint-imports

format: install  ## rewrite the code in the project's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install  ## print whole-call times
	$(BIN)/python -m benchmarks.whole_calls

bench-solver: install  ## time every kind of allocation beside its peers
	$(BIN)/python -m benchmarks.solver

bench-simulator: install  ## time sweeps, and how they grow
	$(BIN)/python -m benchmarks.simulator

bench-fairness: install  ## time fair allocation beside its peers, and write benchmarks/FAIRNESS.md
	$(BIN)/python -m benchmarks.fairness

studies: install  ## run the studies in configs/ again, and write docs/study-results.md
	$(BIN)/python -m benchmarks.studies

bench-http: install  ## time requests end to end, and write benchmarks/HTTP.md
	$(BIN)/python -m benchmarks.http

bench-scale: install  ## time whole commands on millions of users (CASES="1m 10m")
	$(BIN)/python -m benchmarks.scale $(if $(CASES),--cases $(CASES))

bench-cluster: install  ## count iterations and bytes among workers, and write benchmarks/CLUSTER.md
	$(BIN)/python -m benchmarks.cluster

image:  ## build the container image
	docker build -t whale-matching .

clean:  ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build *.egg-info
