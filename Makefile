# Shouwang 守望. `make run` and `make test` need Python 3.11 or later, make and git, and nothing else.
PY := .venv/bin/python
SHOUWANG := .venv/bin/shouwang
export PIP_DISABLE_PIP_VERSION_CHECK := 1
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test unit integration acceptance faults fuzz properties soak rehearsed mutants bench up down lint contracts clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/made:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed"; exit 1; }
	@python3 -m venv .venv || { apt-get update -qq && apt-get install -qq -y python3-venv && python3 -m venv .venv; }
	@touch $@

.venv/ready: .venv/made requirements.txt pyproject.toml
	$(PY) -m pip install -q --require-hashes -r requirements.txt
	$(PY) -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/ready requirements-dev.txt
	$(PY) -m pip install -q --require-hashes -r requirements-dev.txt
	@touch $@

setup: .venv/ready  ## make .venv with what running needs
setup-dev: .venv/dev  ## and what testing needs

run: .venv/ready  ## set up, import the sample ledger, live ninety days of township life, and sum up
	SHOUWANG_FLEET= $(SHOUWANG) import samples/gaoliang.xlsx --township samples/gaoliang.toml --at 2024-01-01T07:00:00 || [ $$? -eq 1 ]  # 1: some rows did not go in
	SHOUWANG_FLEET= $(SHOUWANG) run --days 90

test: lint  ## lint, types, architecture contracts, and all tests, two at a time
	$(PY) -m pytest -q --numprocesses=2 --dist=loadscope --no-loadscope-reorder

unit: .venv/dev  ## unit tests alone
	$(PY) -m pytest -q tests/unit

acceptance: .venv/dev  ## scenarios alone
	$(PY) -m pytest -q tests/acceptance

integration: .venv/dev  ## against real RabbitMQ and PostgreSQL, brought up privately under var/
	$(PY) -m pytest -q tests/integration

up: .venv/ready  ## every service as processes over RabbitMQ and PostgreSQL (those named, else private ones under var/, else docker compose)
	$(SHOUWANG) up

down: .venv/ready  ## stop them all; what they hold stays
	$(SHOUWANG) down

faults: .venv/dev  ## long: fifty kills embedded, every fault of the fleet, a quarter over the real servers; SHOUWANG_SEED=n replays
	SHOUWANG_KILLS=50 SHOUWANG_FAULTS=all $(PY) -m pytest -q tests/faults tests/integration/fleet

fuzz: .venv/dev  ## long: every field of every command x every kind of value, at every door, on SQLite and PostgreSQL
	SHOUWANG_FUZZ=all $(PY) -m pytest -q -s tests/fuzz tests/integration/postgres/test_fuzz.py tests/integration/http/test_schema.py

properties: .venv/dev  ## long: what holds of every history, of thirty times as many as `make test` tries
	HYPOTHESIS_PROFILE=long $(PY) -m pytest -q tests/properties

soak: .venv/dev  ## two villages, 64 clients, a minute (SHOUWANG_SOAK_SECONDS), every answer checked afterwards
	SHOUWANG_SOAK_SECONDS=$${SHOUWANG_SOAK_SECONDS:-60} $(PY) -m pytest -q tests/faults/test_soak.py

rehearsed: .venv/dev  ## long: the sample's ninety days rehearsed under another policy agree with a simulation from the start
	SHOUWANG_REHEARSED_DAYS=90 $(PY) -m pytest -q tests/acceptance/test_rehearsing.py

mutants: .venv/dev  ## long: changes every rule in every small way; at least nine in ten must be noticed (docs/mutants.md)
	$(PY) -m tests.mutants

bench: .venv/dev  ## rates as ratios to limits measured in the same run, into var/bench
	$(PY) -m benchmarks

lint: .venv/dev  ## ruff, pyright, import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/pyright
	.venv/bin/lint-imports

contracts: .venv/dev  ## schemas, AsyncAPI and event catalogue from the models
	$(PY) -m contracts.generate

clean:  ## remove what was made, servers and their data too
	@test ! -x $(SHOUWANG) || test ! -d var/servers -a ! -e var/fleet/compose.env || $(SHOUWANG) down --erase
	rm -rf .venv var build *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
