# Two commands do everything: `make serve` and `make test`.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help install serve test browser check lint format types imports kernels bench bench-solver bench-simulator bench-http bench-scale bench-cluster image clean

help:  ## list what one can do here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(VENV)/.installed  ## prepare .venv with the pinned dependencies

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Expected Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(VENV)/.bench-installed: $(VENV)/.installed
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	@touch $@

serve: install  ## start the service (HOST=127.0.0.1 PORT=8000)
	$(BIN)/whale-matching serve --host $(HOST) --port $(PORT)

test: check kernels browser  ## run every check and every test
	$(BIN)/pytest -m 'not soak'
	$(BIN)/pytest -m soak -n 0

# Once, on two cores: or every process of the tests would compile what it needs itself.
kernels: install
	$(BIN)/python -c 'import solver; solver.warm_up()' & \
	$(BIN)/python -c 'import simulator; simulator.warm_up()' && wait

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

bench-solver: $(VENV)/.bench-installed  ## time every kind of allocation beside its peers
	$(BIN)/python -m benchmarks.solver

bench-simulator: $(VENV)/.bench-installed  ## time sweeps, and how they grow
	$(BIN)/python -m benchmarks.simulator

bench-http: $(VENV)/.bench-installed  ## time requests end to end, and write benchmarks/HTTP.md
	$(BIN)/python -m benchmarks.http

bench-scale: $(VENV)/.bench-installed  ## time whole commands on millions of users (CASES="1m 10m")
	$(BIN)/python -m benchmarks.scale $(if $(CASES),--cases $(CASES))

bench-cluster: $(VENV)/.bench-installed  ## count iterations and bytes among workers, and write benchmarks/CLUSTER.md
	$(BIN)/python -m benchmarks.cluster

image:  ## build the container image
	docker build -t whale-matching .

clean:  ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build *.egg-info
