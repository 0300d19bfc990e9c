# Every target makes its own environment in .venv: only Python and make are needed.
# Overridable: make test PYTHON=python3.12 PYTEST_JOBS=4
#              make test COVERAGE=yes
#              make demo PIP_FLAGS="--extra-index-url https://download.pytorch.org/whl/cpu"
#              make bench BENCH_FLAGS="..."

PYTHON ?= python3
VENV ?= .venv
PIP_FLAGS ?=
PYTEST_JOBS ?= 2
PYTEST_FLAGS ?=
BENCH_FLAGS ?=

BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python

# Small networks run slower on several threads than on one, and the test processes
# would compete for the cores.
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow fuzz lint format types docs package bench clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

$(PY):
	$(PYTHON) -m venv $(VENV)

# One stamp for each extra: the set-up is repeated only when its versions change.
# The install is editable, so a change in the sources needs no new one. Python compiles
# a module when it first imports it; compiling all of PyTorch here would take a minute.
$(VENV)/.installed-%: pyproject.toml constraints.txt | $(PY)
	@echo "Installing into $(VENV), once; PyTorch is large"
	$(PY) -m pip install --disable-pip-version-check --no-compile $(PIP_FLAGS) \
		--constraint constraints.txt --editable '.[$*]'
	@touch $@

.PRECIOUS: $(VENV)/.installed-%

demo: $(VENV)/.installed-plot ## balance a mixed table, compare with SMOTENC, draw demo.png
	$(ONE_THREAD) $(PY) examples/demo.py --output demo.png
	@echo "The picture: $(CURDIR)/demo.png"

# Coverage only when asked for: it takes more than half as long again. Each process takes
# files as a whole as long as it can (worksteal), so that fixtures are made in one of them.
test: $(VENV)/.installed-dev ## run the tests; COVERAGE=yes fails below 95 % of lines and branches
	$(ONE_THREAD) $(PY) -m pytest -n $(PYTEST_JOBS) --dist worksteal -m "not slow" \
		$(if $(COVERAGE),--cov --cov-report=term --cov-fail-under=95) $(PYTEST_FLAGS)

test-slow: $(VENV)/.installed-dev ## run the tests that take long: trainings to the end, the pages, clusters, benchmarks
	$(ONE_THREAD) $(PY) -m pytest -n $(PYTEST_JOBS) -m slow $(PYTEST_FLAGS)

fuzz: $(VENV)/.installed-dev ## draw ten thousand hostile tables
	HYPOTHESIS_PROFILE=nightly $(ONE_THREAD) $(PY) -m pytest tests/fuzz $(PYTEST_FLAGS)

lint: $(VENV)/.installed-dev ## check style, formatting, spelling and who imports whom
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(BIN)/codespell
	$(BIN)/lint-imports --no-logo --no-cache

format: $(VENV)/.installed-dev ## put style and formatting right
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: $(VENV)/.installed-dev ## check the types of the package, and those that a user gets
	$(PY) -m mypy
	$(PY) -m mypy --config-file= --strict --follow-imports=silent \
		--ignore-missing-imports tests/typed

docs: $(VENV)/.installed-docs ## build the documentation and run its examples; warnings are errors
	$(ONE_THREAD) MPLBACKEND=agg $(PY) -m sphinx -W --keep-going -b html docs docs/_build/html
	@echo "The documentation: $(CURDIR)/docs/_build/html/index.html"

package: $(PY) ## build the wheel and look at its list of files
	rm -rf dist
	$(PY) -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	$(PY) .ci/archives.py dist/*.whl

bench: $(VENV)/.installed-dev ## measure against the other over-samplers
	$(PY) benchmarks/quality.py $(BENCH_FLAGS)

clean: ## remove the environment and everything that was built
	rm -rf $(VENV) build dist docs/_build docs/auto_examples docs/generated \
		docs/_help \
		docs/sg_execution_times.rst .coverage .coverage.* \
		mutants .nox .hypothesis .mypy_cache .pytest_cache .ruff_cache demo.png
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
