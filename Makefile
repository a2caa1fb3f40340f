# Two commands on a fresh machine: `make run` and `make test`. The others are for working on Concorda.

PORT ?= 8000
DEMO ?= 1
ONLY ?=
PYTHON ?= python3
BIN := .venv/bin
CONCORDA := $(BIN)/concorda
# The demo has the installation in var/ to itself; DEMO=0 starts an empty one beside it.
DEMO_FLAG := $(if $(filter 0 no false,$(DEMO)),,--demo)
# Where Python may not keep what it compiled, every start compiles everything again.
unexport PYTHONDONTWRITEBYTECODE
export CONCORDA_VAR ?= $(CURDIR)/var$(if $(DEMO_FLAG),,/own)

CHECKS := format lint types layers templates migrations catalogues

.DEFAULT_GOAL := help
.PHONY: help run install dev demo test check $(CHECKS) lock messages benchmark screenshots

help:
	@echo "make run          install, set up and start Concorda with its demo (PORT=8000, DEMO=0 for an empty one)"
	@echo "make test         every test: SQLite, PostgreSQL, real browser"
	@echo "make check        $(CHECKS)"
	@echo "make install      the environment in .venv       make demo         load the demo"
	@echo "make benchmark    what docs/performance.md tells  make screenshots  pictures of pages in var/shots"
	@echo "make messages     update message catalogues      make lock         renew the locked dependencies"

run: install
	@$(CONCORDA) serve --port $(PORT) $(DEMO_FLAG)

install:
	@command -v $(PYTHON) >/dev/null || { echo "Concorda needs Python 3.11 or newer: sudo apt-get install -y python3 python3-venv"; exit 1; }
	@$(PYTHON) scripts/install.py

dev:
	@command -v $(PYTHON) >/dev/null || { echo "Concorda needs Python 3.11 or newer: sudo apt-get install -y python3 python3-venv"; exit 1; }
	@$(PYTHON) scripts/install.py --dev

demo: install
	@$(CONCORDA) demo

test: dev
	@$(BIN)/python scripts/prove.py $(ONLY)

check:
	@$(MAKE) --no-print-directory --keep-going $(CHECKS)

$(CHECKS): dev

format:
	@$(BIN)/ruff format --check .

lint:
	@$(BIN)/ruff check .

types:
	@$(BIN)/mypy

layers:
	@$(BIN)/lint-imports --no-logo

templates:
	@$(BIN)/djlint --lint --quiet concorda

migrations:
	@$(BIN)/python manage.py makemigrations --check --dry-run

catalogues:
	@$(BIN)/python -c "import sys; sys.path.insert(0, 'scripts'); import system; system.require('gettext')"
	@$(BIN)/python scripts/messages.py check

messages: dev
	@$(BIN)/python scripts/messages.py update

benchmark: dev
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

screenshots: dev
	@$(BIN)/python scripts/screenshots.py $(ONLY)

# Keeps the versions it has; `make lock UPGRADE=--upgrade` takes newer ones.
# Universal: one lock for Python 3.11 to 3.13 on every system. No index address in it: installing uses the machine's own.
# Seven days: a release is taken after others had time to find what is wrong with it.
LOCK := UV_SYSTEM_CERTS=1 $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --exclude-newer "7 days" --custom-compile-command "make lock" pyproject.toml --group install

lock: dev
	@$(LOCK) $(UPGRADE) --output-file requirements.lock
	@$(LOCK) --group test --group lint --constraint requirements.lock --output-file requirements-dev.lock
