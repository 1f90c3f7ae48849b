# Shouwang 守望. `make run` and `make test` need Python 3.11 or later, make and git, and nothing else.
PY := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test unit acceptance lint contracts clean

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

run: .venv/ready  ## set up, and play three elders' first quarter through the rules
	$(PY) tests/acceptance/township.py tests/acceptance/scenarios/first-quarter.jsonl 2024-04-02

test: lint  ## lint, types, architecture contracts, and all tests
	$(PY) -m pytest -q

unit: .venv/dev  ## unit tests alone
	$(PY) -m pytest -q tests/unit

acceptance: .venv/dev  ## scenarios alone
	$(PY) -m pytest -q tests/acceptance

lint: .venv/dev  ## ruff, pyright, import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/pyright
	.venv/bin/lint-imports

contracts: .venv/dev  ## schemas, AsyncAPI and event catalogue from the models
	$(PY) -m contracts.generate

clean:  ## remove what was made
	rm -rf .venv var build *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
