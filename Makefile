# Each target sets up what it needs. Wanted: Python 3.11 or later with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES ?= 2
# More than there are cores: the tests of screens mostly wait.
WORKERS ?= 4

.PHONY: drill test check quick long machine mutants bench docs screens film lock clean

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python cannot make a virtual environment: install its venv package (Debian, Ubuntu: apt install python3-venv)."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.lock pyproject.toml
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.lock
	@touch $@

drill: $(VENV)/.runtime
	@$(BIN)/python -m twin.cli.nights

test: $(VENV)/.dev
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not long and not machine"
	@echo "Left out: long runs (make long) and tests that need gcc, tmux or chromium (make machine); .ci/run runs them all."

check: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

quick: $(VENV)/.dev
	@$(BIN)/pytest -n $(CORES) -m "not long and not machine" tests/laws tests/oracles tests/files tests/house

long: $(VENV)/.dev
	@$(BIN)/pytest -n $(CORES) -m "long and not machine"
	@$(MAKE) --no-print-directory mutants

# Mistakes planted one by one in a copy: the tests that belong to each must see it.
mutants: $(VENV)/.dev
	@$(BIN)/python -m tests.mutants

machine: $(VENV)/.dev
	@$(BIN)/pytest -n $(CORES) -m machine

bench: $(VENV)/.dev
	@$(BIN)/python -m benchmarks

screens: $(VENV)/.dev
	@$(BIN)/python -m tests.screens.record
	@$(BIN)/python -m tests.film.record

# An ffmpeg for films (a GPL program of its own, hence not a part of ours), then a film and a debrief to look at;
# RUN=FILE takes another run.
film: $(VENV)/.runtime
	@$(BIN)/pip install -q --disable-pip-version-check -e '.[film]' -c requirements.lock -c requirements-dev.lock
	@mkdir -p runs
	@test -n "$(RUN)" || test -f runs/film.twin || $(BIN)/twin run gauge-sticks --set plan.doubt-gauge.delay='14 min' --out runs/film.twin
	@$(BIN)/twin debrief $(or $(RUN),runs/film.twin) --out runs/film.html

docs: $(VENV)/.dev
	@$(BIN)/python -m twin.cli.reference

lock: $(VENV)/.made
	@$(BIN)/pip install -q uv
	@$(BIN)/uv pip compile -q --universal --no-annotate --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --no-annotate --no-header pyproject.toml --group dev --all-extras -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
