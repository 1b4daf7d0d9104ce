# Everything a person or a schedule runs. `make` alone lists it.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do command -v $$python >/dev/null 2>&1 && $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$python && break; done)
CASES ?= 100000
SEED ?= 1
VENV := .venv
RUN := $(VENV)/bin/python
WORKERS ?= $(shell $(RUN) -c 'import os; print(os.cpu_count() + 1)')
CONTAINERS ?= podman
BASE ?= localhost/efficacy-base
IMAGE_PYTHON ?= $(shell $(CONTAINERS) run --rm $(BASE) python3 -c 'import platform; print(platform.python_version())')
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo test check notebooks lab bench deep clean lock glossary docs hook release studies wheels image images

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

setup: $(VENV)/.ready  ## build .venv in the checkout from requirements.lock

$(VENV)/.ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed: make setup PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --require-hashes -r requirements.lock
	$(RUN) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	$(RUN) -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

demo: setup  ## the demonstration city: exports, snapshot, findings, briefings in zh and en
	$(VENV)/bin/efficacy demo --cases $(CASES) --seed $(SEED)

test deep: export OPENBLAS_NUM_THREADS := 1  # the processes of a run have all cores: idle threads of one take them from others
test deep: export POLARS_MAX_THREADS := 1
test: $(VENV)/.ready-dev  ## all tests of a change (minutes)
	$(RUN) -m pytest -n $(WORKERS) --dist worksteal

check: $(VENV)/.ready-dev  ## style and types
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

glossary: setup  ## write docs/glossary.md from the vocabulary
	$(RUN) docs/write_glossary.py

images: $(VENV)/.ready-dev  ## the pictures of the README, drawn anew (Chromium, LibreOffice, poppler)
	$(RUN) docs/draw_images.py

docs: $(VENV)/.ready-dev  ## the site of documentation, in site/: open site/index.html
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --quiet --clean
	@echo site/index.html

studies: setup  ## write docs/studies.md: published figures beside ours, from the open data
	$(RUN) docs/write_studies.py

hook:  ## let git call `make check` before each commit of this checkout
	@hook="$$(git rev-parse --git-path hooks)/pre-commit"; \
	if [ -e "$$hook" ] && ! grep -qx 'exec make check' "$$hook"; then \
		echo "$$hook is there already: add 'make check' to it" >&2; exit 2; fi; \
	mkdir -p "$$(dirname "$$hook")" && printf '#!/bin/sh\nexec make check\n' > "$$hook" && chmod +x "$$hook" && echo "$$hook"

notebooks: $(VENV)/.ready-dev  ## run every notebook: on a small city, the studies on the open data
	$(RUN) -m pytest -m slow tests/unit/test_notebooks_run.py

lab: setup  ## JupyterLab on the notebooks
	$(VENV)/bin/efficacy lab

bench: $(VENV)/.ready-dev  ## speed as ratios in one run, written to docs/benchmarks.md
	$(RUN) -m benchmarks

deep: $(VENV)/.ready-dev  ## long runs: many seeds, simulations, fuzzing (an hour or more)
	$(RUN) -m pytest -n $(WORKERS) --dist worksteal -m deep

release: $(VENV)/.ready-dev  ## wheel and source archive of this version, in dist/
	rm -rf build dist
	$(RUN) -c "from setuptools import build_meta as built; built.build_wheel('dist'); built.build_sdist('dist')"
	@ls dist

wheels: setup  ## fetch the locked packages for an image into wheels/, by the Python of BASE
	$(RUN) container/fetch_wheels.py $(IMAGE_PYTHON) wheels

image: wheels  ## build the container image without a network, on BASE (container/Containerfile.base)
	$(CONTAINERS) build --network none --format docker --build-arg BASE=$(BASE) --tag efficacy-analytics --file Containerfile .

clean:  ## remove what the tools left behind; the lake stays
	rm -rf $(VENV) build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache

lock:  ## pin anew what pyproject.toml asks for (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 -c requirements.lock --group dev -o requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 -c requirements.lock --extra scale pyproject.toml -o requirements-scale.lock
