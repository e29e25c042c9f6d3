# The few commands of the project. `make` alone lists them.
# PYTHON names the interpreter that makes the virtual environment; VENV its folder.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Two processes suit two cores; SQLite and PostgreSQL runs take turns.
PYTEST := $(BIN)/python -m pytest -q -n 2 --dist loadscope
PG ?= postgresql://postgres@127.0.0.1:5432/yiwang

export YIWANG_HOME ?= $(CURDIR)/.yiwang

.DEFAULT_GOAL := help
.PHONY: help run install test deep soak check bench docs screenshots lock clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

install: $(INSTALLED) ## make .venv with everything pinned by constraints.txt

# The install packs browser files and compiles the Chinese, so it follows them too.
$(INSTALLED): pyproject.toml constraints.txt frontend.lock.toml $(wildcard src/yiwang/locale/parts/*.po)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[postgres,mysql,sftp,test,check]'
	touch $@

run: $(INSTALLED) ## start a node with the sample city: install, prepare, load, serve
	$(BIN)/yiwang init
	$(BIN)/yiwang sample load >/dev/null # `start` prints the sign-ins
	$(BIN)/yiwang start --port $(PORT)

test: $(INSTALLED) ## the quick suite: SQLite, then PostgreSQL where it answers; says aloud what it skipped
	PYTEST="$(PYTEST)" PG="$(PG)" bash tests/run.sh test

# What only the browser tests load is packed when they run, not when a city installs.
tests/vendor/axe-core/axe.min.js: $(INSTALLED) frontend.lock.toml
	command -v npm >/dev/null || $(BIN)/python -m pip install -q $$($(BIN)/python -c 'import hatch_build; print(hatch_build.NODE_PACKAGE)')
	$(BIN)/python hatch_build.py && touch $@

deep: $(INSTALLED) tests/vendor/axe-core/axe.min.js ## everything: deep tests, browser, both databases, upgrade; nothing may be skipped
	PYTEST="$(PYTEST)" PG="$(PG)" bash tests/run.sh deep

soak: $(INSTALLED) ## an hour of mixed work with processes killed at random (SOAK_MINUTES), the evidence log at 200 steps
	$(BIN)/python -m tests.soak
	YIWANG_EVIDENCE_KILLS=200 $(BIN)/python -m pytest -q src/yiwang/kernel/evidence/tests/test_kills.py

check: $(INSTALLED) ## lint, types, import contracts, templates, migrations
	bash tests/check.sh $(BIN)

bench: $(INSTALLED) ## speed, as ratios within one run; prints peak memory
	$(BIN)/python -m tests.performance
	$(BIN)/python -m tests.performance.bench_start
	$(BIN)/python -m tests.performance.bench_search
	$(BIN)/python -m tests.performance.bench_texts
	$(BIN)/python -m tests.performance.bench_xlsx
	$(BIN)/python -m tests.performance.bench_quality
	$(BIN)/python -m tests.performance.bench_cases
	$(BIN)/python -m tests.performance.bench_clocks
	$(BIN)/python -m tests.performance.bench_records_forms
	$(BIN)/python -m tests.performance.bench_inbox
	$(BIN)/python -m tests.performance.bench_slots
	$(BIN)/python -m tests.performance.bench_grants
	$(BIN)/python -m tests.performance.bench_evidence
	$(BIN)/python -m tests.performance.bench_lineage
	$(BIN)/python -m tests.performance.bench_delivery
	$(BIN)/python -m tests.performance.bench_lookups

docs: $(INSTALLED) ## merge the fragments, write anew what is drawn from the source
	$(BIN)/python docs/merge.py
	$(BIN)/python -m tests.architecture.errors
	$(BIN)/python -m tests.architecture.elements
	$(BIN)/python -m tests.architecture.test_openapi
	$(BIN)/python -m tests.architecture.test_permissions

screenshots: $(INSTALLED) ## draw the pictures of README and docs with Chromium
	$(BIN)/python -m tests.screenshots

lock: ## renew constraints.txt from pyproject.toml
	PYTHON="$(PYTHON)" bash tests/lock.sh

clean: ## remove what the commands made (not the node in .yiwang)
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
