# Everything runs in .venv, made with venv and pip alone; `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore

# the first Python from 3.11 to 3.13; say PYTHON=… for another one
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
LOCK := ci/constraints.txt
PIP := $(BIN)/python -m pip install --quiet --constraint $(LOCK)
EVAL := data/eval/messages.jsonl
GATE := data/eval/gate.yaml
NOTEBOOKS = $(wildcard notebooks/*.ipynb)
C := $(wildcard src/cs_nlp/*/_*.c)  # compiled when the package is installed

.PHONY: help install demo test check lint gate fix model compiled dictionary notebooks bench figures lock clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

install: .venv/.dev  ## .venv with the package, editable, and all that tests need

demo: .venv/.package  ## six real questions, answered by the shipped model
	@for text in \
		"电子发票在哪下载" \
		"我的快递三天没更新了" \
		"退kuan怎么還沒到賬" \
		"我不是要投诉，就问下怎么退货" \
		"昨天买的奶粉宝宝喝了起红疹，你们怎么处理" \
		"别发机器人了，给我转人工"; \
	do echo "▶ $$text"; $(BIN)/cs-nlp reply "$$text"; echo; done
	@echo 'Your turn: $(BIN)/cs-nlp reply "…", or talk to it: $(BIN)/cs-nlp chat'

test: lint gate  ## all that CI runs: lint, types, the accuracy gate, every test
	$(BIN)/python -m pytest

check: lint  ## lint, types and the quick tests
	$(BIN)/python -m pytest -m "not slow"

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

gate: .venv/.dev
	$(BIN)/cs-nlp evaluate --data $(EVAL) --gate $(GATE)

fix: .venv/.dev  ## format, and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python notebooks/strip.py

model: .venv/.package  ## build models/default from data/ and faq/, the same bytes every time
	$(BIN)/python -m cs_nlp.train.compiled
	$(BIN)/python -m cs_nlp.train.shipped

compiled: .venv/.package  ## read the packaged YAML files once for all starts, after one of them was changed
	$(BIN)/python -m cs_nlp.train.compiled

dictionary: .venv/.package  ## choose the segmenter's words anew, after data/ has grown; then make model
	$(BIN)/python -m cs_nlp.train.dictionary

notebooks: .venv/.dev  ## execute every notebook; copies with their plots go to build/notebooks
	@mkdir -p build/notebooks
	@for file in $(NOTEBOOKS); do $(BIN)/jupyter execute --output '../build/notebooks/{notebook_name}' "$$file"; done

bench: .venv/.dev  ## speed, memory and start-up; writes benchmarks/serve.json
	$(BIN)/python benchmarks/serve.py

figures: .venv/.dev  ## refresh the tables of figures in both READMEs
	$(BIN)/python benchmarks/figures.py

lock:  ## renew ci/constraints.txt from a clean environment
	rm -rf .venv/lock && $(PYTHON) -m venv .venv/lock
	.venv/lock/bin/python -m pip install --quiet --upgrade --editable ".[dev,bench,notebooks]"
	{ head -n 1 $(LOCK); .venv/lock/bin/python -m pip freeze --all --exclude pip --exclude-editable; } > $(LOCK).new
	mv $(LOCK).new $(LOCK)
	rm -rf .venv/lock

clean:  ## remove .venv and all caches
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# venv alone may lack pip on Debian (package python3-venv): then the pip of the system fills it
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; say make PYTHON=/where/it/is" >&2; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || { \
		$(PYTHON) -m venv --clear --without-pip .venv && $(PYTHON) -m pip --python .venv/bin/python install --quiet pip; }

.venv/.package: .venv/bin/python pyproject.toml hatch_build.py $(C) $(LOCK)
	$(PIP) --editable .
	@$(BIN)/python -m compileall -q src  # byte code, also where Python is told not to write it by the way
	@touch $@

.venv/.dev: .venv/bin/python pyproject.toml hatch_build.py $(C) $(LOCK)
	$(PIP) --editable ".[dev]"
	@$(BIN)/python -m compileall -q src
	@touch .venv/.package $@
