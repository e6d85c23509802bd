# Two commands set everything up on a machine with Python 3.11: make demo, make test.

PYTHON ?= python3
BIN := .venv/bin
# By module, so that what is costly to start (a database server, a relay, a Prefect server) is started once in each.
IN_PARALLEL := --numprocesses 2 --dist loadscope

.PHONY: demo test test-all lint docs wheel constraints clean

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "casework needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: .venv/installed  ## one half-term of an invented authority, from register to signed letters
	@demo/run.sh

test: .venv/installed  ## everything but what is marked slow
	$(BIN)/pytest $(IN_PARALLEL) -m 'not slow'

test-all: .venv/installed  ## the slow ones too
	$(BIN)/pytest $(IN_PARALLEL)

lint: .venv/installed  ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/installed  ## write docs/states.md, refusals.md and law.md, and templates/FIELDS.md, again from the code
	$(BIN)/python -m casework.track_table > docs/states.md
	$(BIN)/python -m casework.law_page > docs/law.md
	$(BIN)/python -m casework.refusals_page > docs/refusals.md
	$(BIN)/python -m notifications.fields_page > templates/FIELDS.md

wheel: .venv/installed  ## build the wheel and look into it
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist
	$(BIN)/check-wheel-contents dist

constraints:  ## newest versions that fit; run the tests afterwards
	rm -rf .venv-new && $(PYTHON) -m venv .venv-new
	.venv-new/bin/pip install --quiet --editable '.[dev,bench]'
	{ head -1 constraints.txt; .venv-new/bin/pip freeze --exclude-editable; } > constraints.new
	mv constraints.new constraints.txt && rm -rf .venv-new

clean:
	rm -rf .venv dist casework-demo
