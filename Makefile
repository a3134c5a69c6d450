# Everything a contributor runs. `make demo` and `make test` need only CPython 3.11+ with pip and venv.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
TYPED := $(patsubst %/,%,$(sort $(dir $(wildcard sweeper/__init__.py trainer/*.py benchmarks/*.py docs/*.py))))
BENCHMARKS ?= $(filter-out benchmarks/_%,$(wildcard benchmarks/*.py))
PYTEST := $(BIN)/python -m pytest -q -n auto

# The path form of an editable install: setuptools' import hooks would cost every trial several milliseconds.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat

.PHONY: help venv demo test test-all check format docs bench dist clean

help:  ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

venv: .venv/.dev  ## the contributor's environment in .venv

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "sweeper needs CPython 3.11 or later with venv and pip: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	$(PYTHON) -m venv .venv

.venv/.trainer: setup.py pyproject.toml | .venv/bin/python
	@echo "installing sweeper and what its trainer needs into .venv (once; a minute or so)" >&2
	$(INSTALL) -e ".[trainer]"
	@touch $@

.venv/.dev: setup.py pyproject.toml | .venv/bin/python
	@echo "installing sweeper and the contributor's tools into .venv (once; a minute or so)" >&2
	$(INSTALL) -e ".[trainer,search,tensorboard,emulator,report,dev]"
	@touch $@ .venv/.trainer

demo: .venv/.trainer  ## a ranked sweep of the bundled trainer
	$(BIN)/sweeper launch configs/grid.yaml
	$(BIN)/sweeper results

test: .venv/.dev  ## the test suite
	$(PYTEST) -m "not slow"

test-all: .venv/.dev  ## the slow tests too
	$(PYTEST)

check: .venv/.dev  ## format, lint, strict types, then the test suite
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict $(TYPED)
	@$(MAKE) --no-print-directory test

format: .venv/.dev  ## put the code in its usual form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: .venv/.dev  ## write the parts of docs that follow from the code
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/notebook.py

bench: .venv/.dev  ## the numbers of docs/performance.md, one JSON line each
	@for file in $(BENCHMARKS); do env -u PYTHONDONTWRITEBYTECODE $(BIN)/python $$file || exit 1; done

dist: .venv/.dev  ## sdist and wheel in dist/
	$(BIN)/python -m build

clean:  ## away with everything that can be made again (not .sweeper)
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
