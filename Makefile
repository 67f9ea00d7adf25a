# Everything a person does with a checkout. Needs Python 3.11 or newer and make, nothing else.
#
#   make serve              set up, load the shipped catalogue, serve on http://127.0.0.1:8000
#   make serve PORT=8123 DATA=/some/folder
#   make test               lint, types, import contract, tests
#   make bench              what it costs, as ratios against what a user would pick instead

PYTHON ?= python3
PORT ?= 8000
DATA ?= data
VENV := .venv
BIN := $(VENV)/bin
BENCH := .bench-venv

.PHONY: serve test lint types contract tests bench lock format clean

serve: $(VENV)/.serves
	PORTAL_PORT=$(PORT) PORTAL_DATA="$(DATA)" $(BIN)/portal serve

test: lint types contract tests

lint: $(VENV)/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.tests
	$(BIN)/mypy

contract: $(VENV)/.tests
	$(BIN)/lint-imports

tests: $(VENV)/.tests
	$(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder -q

# The peers live in an environment of their own, so that ours stays what is locked.
bench: $(VENV)/.tests $(BENCH)/.peers
	$(BIN)/python -m bench --peers $(BENCH)

format: $(VENV)/.tests
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Lock files hold names, versions and hashes, no download addresses.
COMPILE := $(BIN)/pip-compile --quiet --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-options \
	--strip-extras --allow-unsafe --generate-hashes --build-deps-for editable
lock: $(VENV)/.tests
	$(COMPILE) --upgrade --output-file requirements.txt pyproject.toml
	$(COMPILE) --upgrade --build-deps-for wheel --extra dev --output-file requirements-dev.txt pyproject.toml

clean:
	rm -rf $(VENV) $(BENCH) dist build .mypy_cache .ruff_cache .pytest_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.serves: requirements.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.tests: requirements-dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.serves

$(BENCH)/.peers: bench/peers.txt
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/peers.txt
	touch $@
