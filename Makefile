# The project's commands. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# uv takes seconds where pip takes minutes; it does not know pip's own settings, so pip stands behind.
install = $(BIN)/uv pip install --quiet --python $(BIN)/python $(1) || $(PIP) install $(1)

.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-spark check format bench bench-scale calibrate calibrate-outlook calibrate-signals faults faults-wall soak-wall bench-peers lock clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/.setup: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "This needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@echo "Making the environment in $(VENV)"
	$(PYTHON) -m venv $(VENV)
	@awk '/^[^ ]/ {wanted = /^uv==/} wanted' requirements.txt > $(VENV)/uv.txt
	@$(PIP) install --no-deps --require-hashes -r $(VENV)/uv.txt
	@$(call install,--no-deps --require-hashes -r requirements.txt)
	@$(call install,--no-deps --no-build-isolation --editable .)
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.setup
	@echo "Adding what development needs"
	@$(call install,--no-deps --require-hashes -r requirements-dev.txt)
	$(PIP) check
	@touch $@

setup: $(VENV)/.setup ## make the environment (.venv), nothing else

run: setup ## serve the dashboard, with the demo stars if the database is empty (PORT=8600 for another port)
	@$(BIN)/nsm demo --if-empty
	@$(BIN)/streamlit run app.py $(if $(PORT),--server.port=$(PORT))

demo: setup ## fill the database with the demo stars
	$(BIN)/nsm demo

test: $(VENV)/.dev ## run every test, the browser's included
	$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

$(VENV)/.spark: requirements-spark.txt $(VENV)/.dev
	@echo "Adding Spark in $(VENV)/spark, apart from the rest (500 MB)"
	@$(call install,--require-hashes --no-deps --no-build-isolation --upgrade --target $(VENV)/spark -r requirements-spark.txt)
	@touch $@

test-spark: $(VENV)/.spark ## Spark as a source, on a cluster of this machine (minutes; needs or installs Java 17)
	PYTHONPATH=$(CURDIR)/$(VENV)/spark $(BIN)/python -m pytest -p no:xdist --timeout 1200 tests/spark $(ARGS)

faults-wall: $(VENV)/.dev ## break the wall's server, network and database fifty times each (TIMES=50)
	WALL_FAULTS=$(or $(TIMES),50) $(BIN)/python -m pytest -p no:xdist -q --timeout 7200 tests/e2e/test_wall_faults.py tests/e2e/test_wall_time.py

soak-wall: $(VENV)/.dev ## ten thousand refreshes of a wall, and what they leave in memory (minutes)
	$(BIN)/python -m tests.bench.soak

faults: $(VENV)/.dev ## break everything with real processes, writes docs/reliability.md (TIMES=20, half an hour)
	$(BIN)/python -m tests.faults $(PARTS)

$(VENV)/.peers: requirements-peers.txt requirements-superset.txt $(VENV)/.dev
	@echo "Making an environment for what the wall is compared with, in $(VENV)/peers and $(VENV)/superset"
	$(PYTHON) -m venv $(VENV)/peers
	$(VENV)/peers/bin/python -m pip --quiet install -r requirements-peers.txt
	$(PYTHON) -m venv $(VENV)/superset
	@$(BIN)/uv pip install --quiet --python $(VENV)/superset/bin/python -r requirements-superset.txt
	@touch $@

bench-peers: $(VENV)/.peers ## the wall against Streamlit, Dash and Superset, and with 100 viewers (minutes)
	$(BIN)/python -m tests.bench.peers

check: $(VENV)/.dev ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers 2

format: $(VENV)/.dev ## mend what lint and format can mend by themselves
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## measure speed as ratios against floors of the same run
	$(BIN)/python -m tests.bench

bench-scale: $(VENV)/.spark ## the same where the data are large, writes docs/benchmarks-scale.md (EVENTS=100000000)
	PYTHONPATH=$(CURDIR)/$(VENV)/spark $(BIN)/python -m tests.bench.scale

calibrate-outlook: $(VENV)/.dev ## re-run the evidence of the outlook, writes docs/outlook.md
	$(BIN)/python -m tests.calibration.outlook

calibrate: $(VENV)/.dev ## re-run the lead test's evidence, writes docs/calibration.md
	$(BIN)/python -m tests.calibration

calibrate-signals: $(VENV)/.dev ## re-run the signals' evidence, writes docs/signals.md
	$(BIN)/python -m tests.calibration.signals

lock: $(VENV)/.dev ## pin the dependencies again, with hashes, after pyproject.toml changed
	$(BIN)/uv pip compile pyproject.toml --group build --upgrade $(LOCK) -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group build --group dev $(LOCK) -c requirements.txt -o requirements-dev.txt
	$(BIN)/uv pip compile --group spark --upgrade $(LOCK) -c requirements-dev.txt -o requirements-spark.txt
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet

clean: ## remove the environment and caches; the database stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
