# make demo | test | lint | bench: everything runs in .venv, which is made from the hash-locked requirements.
# make test-unit PYTHON=python3.13 VENV=.venv-3.13 does so with another Python, in an environment beside it.
PYTHON ?= python3
VENV ?= .venv
UV ?= uv
DEMO ?= samples/db3203-t1023-2023/complete/record.yaml
OUT ?= out/demo

FUZZ_SECONDS ?= 1800

BIN := $(VENV)/bin
FUZZ_VENV := $(VENV)-fuzz
FUZZ_STAMP := $(FUZZ_VENV)/.installed
STAMP := $(VENV)/.installed
# As many processes as there are cores; tests/support/sharing.py says which tests stay together.
PYTEST := $(BIN)/python -m pytest -q -n auto
LOCK := $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q

# Compiled modules are kept, whatever the shell says: tests start many processes.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test test-unit slow fuzz lint bench schemas format lock clean

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z.-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv: $(STAMP) ## the environment, from requirements-dev.lock

# A new lock file or pyproject.toml makes the environment anew in place; an interrupted install leaves no stamp.
$(STAMP): requirements-dev.lock pyproject.toml
	@rm -f $@
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## build the sample project's documents and package into out/demo
	$(BIN)/docgen build $(DEMO) -o $(OUT) --force

test: $(STAMP) ## every test but the slow ones; those that need LibreOffice are skipped where it is absent
	$(PYTEST)

test-unit: $(STAMP) ## the quick ones: all in memory, in half a minute
	$(PYTEST) tests/unit -m "not heavy and not office"

slow: $(STAMP) fuzz ## the slow ones: the same properties, tried many times more, and half an hour of fuzzing
	$(PYTEST) --slow -m slow

# Coverage-guided, with atheris from a lock file of its own (Linux); what it finds lies in tests/fuzz/found and stays.
fuzz: $(FUZZ_STAMP) ## let atheris look for input that verify can't take, for FUZZ_SECONDS
	mkdir -p $(FUZZ_VENV)/corpus
	PYTHONPATH=.:tests $(FUZZ_VENV)/bin/python tests/fuzz/fuzz_verify.py $(FUZZ_VENV)/corpus \
	  -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=600 -max_len=65536 -artifact_prefix=tests/fuzz/found/

$(FUZZ_STAMP): requirements-fuzz.lock
	@rm -f $@
	test -x $(FUZZ_VENV)/bin/python || $(PYTHON) -m venv $(FUZZ_VENV)
	$(FUZZ_VENV)/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-fuzz.lock
	@touch $@

lint: $(STAMP) ## ruff, mypy, the contracts of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP) ## how fast it is here
	@set -e; for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

format: $(STAMP) ## let ruff put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schemas: $(STAMP) ## write the generated files anew (schemas/*.json)
	@set -e; for folder in profiles/*/; do \
	  id=$$(basename "$$folder"); $(BIN)/docgen schema "$$id" > "schemas/.$$id.new"; \
	  mv "schemas/.$$id.new" "schemas/$$id.json"; echo "schemas/$$id.json"; \
	done

lock: ## renew the lock files from pyproject.toml (needs uv)
	$(LOCK) --extra web --extra volume --extra cluster pyproject.toml -o requirements.lock
	$(LOCK) --extra dev pyproject.toml -o requirements-dev.lock
	$(LOCK) --extra fuzz -c requirements.lock pyproject.toml -o requirements-fuzz.lock

clean: ## take away what was made, the environment included
	rm -rf .venv .venv-* out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
