# Two commands: `make demo` tries the portal out, `make test` proves it. Both run on a bare machine
# with python3 (3.11 or newer) and make.

PYTHON ?= python3

.PHONY: help demo test lint lock

help:
	@echo "make demo   the whole portal on this machine, with a made-up clinic (PORT=8000 PORTAL_HOME=./var)"
	@echo "make test   the whole test suite, on servers of its own"
	@echo "make lint   style, floors, migrations, settings"
	@echo "make lock   pins and hashes of the requirements, from pyproject.toml"

demo:
	@$(PYTHON) portal/bootstrap.py requirements-demo.txt
	@exec .venv/bin/python -m portal.demo

test:
	@$(PYTHON) portal/bootstrap.py requirements-dev.txt
	@exec .venv/bin/python -m tests

lint:
	@$(PYTHON) portal/bootstrap.py requirements-dev.txt
	@exec .venv/bin/python -m tests.lint

LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links pyproject.toml

lock:
	@$(PYTHON) portal/bootstrap.py requirements-dev.txt
	$(LOCK) --output-file requirements.txt
	$(LOCK) --extra s3 --output-file requirements-s3.txt
	$(LOCK) --extra demo --output-file requirements-demo.txt
	$(LOCK) --extra demo --extra s3 --extra dev --output-file requirements-dev.txt
