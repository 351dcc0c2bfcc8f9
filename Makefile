# `make help` lists the commands. PYTHON is only used to set up the two environments.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test check mutants format wording bench lock clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## set up both Python environments from the hashed locks
	@$(PYTHON) tools/setup.py

run: setup ## start everything with the demo city (Ctrl-C stops it)
	@$(BIN)/python -m concierge run

# Every test process and every program that tests start would compile all that it imports anew.
test: export PYTHONDONTWRITEBYTECODE =
test: setup ## all tests, with real PostgreSQL, Redis, Rasa and Chromium
	@$(BIN)/python -m concierge train
	@$(BIN)/python -m pytest -n 2 --durations=40

check: setup ## style, types, who may import whom, and what is known of the locks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools.advisories

mutants: setup ## break each guard of auth/ and identity/ once and demand a red test
	@$(BIN)/python -m tools.mutants $(ONLY)

format: setup ## put the code into its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

wording: setup ## bring the catalogues of our own sentences up to date
	@$(BIN)/python tools/wording.py

bench: setup ## the figures: latency, throughput, memory, as ratios within one run
	@$(BIN)/python -m concierge train
	@$(BIN)/python -m bench

lock: ## resolve the locks anew (needs uv)
	@uv pip compile --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 --extra dev pyproject.toml -o requirements/product.txt
	@uv pip compile --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.10 --override nlu/overrides.txt nlu/requirements.in -o requirements/rasa.txt

clean: ## remove databases, logs and the trained model (not the environments)
	@rm -rf .data nlu/models
