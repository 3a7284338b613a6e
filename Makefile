# Everything a newcomer or CI needs; `make help` lists it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.stamp
# Two packages of the lock come as sources; what builds them is pinned by hash too, and comes first.
INSTALL := $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test check lint types contracts bench lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Accession needs Python 3.11 or later; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(PYTHON) docker/pick.py requirements.lock docker/build.txt > $(VENV)/build.lock
	$(INSTALL) --require-hashes -r $(VENV)/build.lock
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --editable .
	@touch $(STAMP)

setup: $(STAMP) ## make the virtual environment from the hashed lock

demo: setup ## run the main job from pictures to a verified release, in ./demo (made anew each time)
	@rm -rf demo
	$(BIN)/accession demo --home demo

serve: setup ## show the demo's registry in a browser (http://127.0.0.1:8080)
	$(BIN)/accession --home demo serve

test: setup ## run every test
	$(BIN)/python -m pytest -n auto --dist loadgroup

lint: setup ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## mypy, strict
	$(BIN)/mypy registry policies blurring cli migrations tests docker/pick.py

contracts: setup ## who may import whom
	$(BIN)/lint-imports

check: lint types contracts ## lint, types, import contracts, tests with coverage: exactly what CI runs
	$(BIN)/python -m pytest -n auto --dist loadgroup --cov --cov-report=term

bench: setup ## speed and memory, as ratios against named peers in the same run
	$(BIN)/python -m tests.bench

lock: setup ## pin every dependency by hash, for every platform
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --python-version 3.11 --group dev --all-extras pyproject.toml --output-file requirements.lock

clean: ## remove what make made
	rm -rf $(VENV) build demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
