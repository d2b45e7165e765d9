# The one runner, for people and CI. Each target makes the environment it needs; uv when present, else venv and pip.
PYTHON ?= python3
VENV   ?= .venv
UV     := $(shell command -v uv 2>/dev/null)
BIN    := $(VENV)/bin

.PHONY: demo test check bench bench-redact bench-trail torture matrix build clean help
.DEFAULT_GOAL := help

help: ## What can be made.
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.ready ## An agent recorded, redacted, sealed and verified; no key, no network.
	$(BIN)/vedette demo

test: $(VENV)/.ready ## All tests, on the library versions of the lock.
	$(BIN)/pytest -q -n auto

check: $(VENV)/.ready ## Format, lint, types, import contracts.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.ready ## What Vedette costs, as ratios against a baseline of the same run.
	$(BIN)/python -m tests.bench

bench-redact: $(VENV)/.ready ## What redaction costs, as ratios against RE2 and a copy of the bytes.
	$(BIN)/python -m tests.bench.redact

bench-trail: $(VENV)/.ready ## What the trail costs, against SHA-256, fdatasync and Logger.emit of the same run.
	$(BIN)/python -m tests.bench.trail

torture: $(VENV)/.ready ## Kills, torn tails, failing disks and collectors, forks, clocks: the long form, some hours.
	$(BIN)/python -m tests.torture

pack: $(VENV)/.ready ## The rule pack anew from the facts, linted and compiled.
	$(BIN)/python -m vedette.redact.rules

accuracy: $(VENV)/.ready ## What redaction finds, misses and finds wrongly, on seeded corpora.
	$(BIN)/python -m tests.corpora.accuracy

matrix: $(VENV)/.ready ## The client tests on the oldest and the newest version of each host library.
	$(BIN)/python -m tests.clients.matrix

build: $(VENV)/.ready ## Wheel and source distribution into dist/.
	rm -rf dist
	$(BIN)/python -m build --installer $(if $(UV),uv,pip) --outdir dist .

clean: ## Forget the environment and everything built.
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache

# An editable install knows its entry points from pyproject.toml, so a change there makes it anew.
$(VENV)/.ready: pyproject.toml uv.lock
ifdef UV
	UV_PROJECT_ENVIRONMENT=$(VENV) uv sync --frozen --quiet --all-extras --no-extra ner $(if $(filter command environment,$(origin PYTHON)),--python $(PYTHON))
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[anchor,at-rest,config,demo,fast,kafka,otlp-grpc]' --group dev
endif
	@touch $@
