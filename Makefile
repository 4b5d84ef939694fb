# Two commands do everything on a machine with Python 3.11+ and make: `make report`, `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
INPUTS := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help report test lint notebooks docs bench lock clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

report: $(VENV)/.report ## set up, then run every report of the bundled sample data
	$(BIN)/slm run
	@echo "Open reports/index.html in a browser."

test: $(VENV)/.dev ## set up, then run all tests
	$(BIN)/python -m pytest -n auto --dist loadfile --nbval-lax --nbval-current-env tests notebooks

lint: $(VENV)/.dev ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

notebooks: $(VENV)/.dev ## run the notebooks, and store the outputs that are checked
	$(BIN)/jupyter nbconvert --to notebook --inplace --execute notebooks/*.ipynb
	$(BIN)/nbstripout --keep-count --extra-keys metadata.language_info notebooks/*.ipynb

docs: $(VENV)/.dev ## build the documentation; open build/docs/index.html
	$(BIN)/sphinx-build --quiet -W --keep-going -b html docs build/docs

bench: $(VENV)/.bench ## run the benchmarks: speed and coverage, with their bounds
	set -e; for b in benchmarks/*.py; do echo "== $$b"; $(BIN)/python $$b; done

lock: $(VENV)/.dev ## resolve constraints.txt anew, for Linux, macOS and Windows
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras \
	  --no-header --no-annotate --upgrade -o constraints.txt pyproject.toml

clean: ## remove what was made: reports, prepared data, environment
	rm -rf $(VENV) build reports data/prepared .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "python3 -m venv failed: install the package python3-venv" >&2; exit 1; }

# A stamp per set of packages: pip is not called again until its inputs change.
$(VENV)/.report: $(INPUTS) | $(BIN)/python
	$(SETUP) -e .
	@touch $@

$(VENV)/.dev: $(INPUTS) | $(BIN)/python
	$(SETUP) -e '.[dev,docs,sql,dask]'
	@touch $@ $(VENV)/.report

$(VENV)/.bench: $(INPUTS) | $(BIN)/python
	$(SETUP) -e '.[dev,docs,sql,dask,bench]'
	@touch $@ $(VENV)/.dev $(VENV)/.report
