# Everything a person or a machine does with this project has a target here: `make help`.
# Needs GNU make, Python 3.11 or newer (`make PYTHON=python3.12 …`) and a Python package index.

PYTHON ?= python3
VENV ?= .venv
RUN_VENV ?= .venv-run
BROWSER_VENV ?= .venv-browser
GENERATED_VENV ?= .venv-generated
RECIPES_VENV ?= .venv-recipes
PEERS_VENV ?= .venv-peers
PYTEST_ARGS ?=
LOCK_ARGS ?=

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# what is imported is compiled once, and not by every process that a test starts
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --no-print-directory

BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
WORKERS := --numprocesses logical --maxprocesses 4

PIP_INSTALL := -m pip --disable-pip-version-check --no-input install \
  --quiet --no-compile --no-deps --require-hashes --requirement

# An environment carries what it was made from, written last: the place, Python's version, the lock
# file. It is made anew when one of them differs, or when its making was interrupted.
# $(call environment,folder,lock file)
define environment
@made_from() { pwd; $(PYTHON) --version; cat $(2); }; \
if ! { made_from | cmp -s - $(1)/made-from.txt && $(1)/bin/python -c '' 2>/dev/null; }; then \
  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }; \
  if [ -e $(1) ] && [ ! -e $(1)/pyvenv.cfg ]; then \
    echo "$(1) exists and is no Python environment" >&2; exit 1; \
  fi; \
  echo "making $(1) from $(2): a minute or two, once"; \
  rm -rf $(1); \
  $(PYTHON) -m venv $(1) \
    || { echo "Python's venv is missing (on Debian: apt-get install python3-venv)" >&2; exit 1; }; \
  $(1)/bin/python $(PIP_INSTALL) $(2); \
  made_from >$(1)/made-from.txt; \
fi
endef

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# --- environments ----------------------------------------------------------------------------

.PHONY: environment-run environment-test environment-dev environment-browser
environment-run:
	$(call environment,$(RUN_VENV),requirements/runtime.txt)

environment-test:
	$(call environment,$(VENV),requirements/test.txt)

# the tools of a developer come on top of what the tests need
environment-dev: environment-test
	@if ! cmp -s requirements/dev.txt $(VENV)/added-from.txt; then \
	  echo "adding requirements/dev.txt to $(VENV)"; \
	  $(BIN)/python $(PIP_INSTALL) requirements/dev.txt; \
	  cp requirements/dev.txt $(VENV)/added-from.txt; \
	fi

environment-browser:
	$(call environment,$(BROWSER_VENV),requirements/browser.txt)

# Real frameworks, each in an environment of its own. PyTorch comes first and by its version alone,
# because which file of it is right depends on the machine; what builds from source needs it there.
PEERS := torch torch25 torch26 accelerate hf445 hf451 hf457 hf5 lightning tensorflow \
  deepspeed0195 deepspeed0197 deepspeed megatron streaming grain
WITHOUT_TORCH := tensorflow grain
TORCH := torch==2.13.0
environment-peer-torch25: TORCH := torch==2.5.1
environment-peer-torch26: TORCH := torch==2.6.0

.PHONY: environment-peers $(PEERS:%=environment-peer-%)
environment-peers: $(PEERS:%=environment-peer-%)

$(PEERS:%=environment-peer-%): environment-peer-%:
	@folder=$(PEERS_VENV)/$*; lock=requirements/peers/$*.txt; \
	made_from() { pwd; $(PYTHON) --version; echo $(TORCH); cat requirements/peers/build.txt "$$lock"; }; \
	if made_from | cmp -s - "$$folder/made-from.txt"; then exit 0; fi; \
	echo "making $$folder from $$lock: minutes, once"; \
	rm -rf "$$folder"; $(PYTHON) -m venv "$$folder"; \
	"$$folder/bin/python" $(PIP_INSTALL) requirements/peers/build.txt; \
	if [ -z "$(filter $*,$(WITHOUT_TORCH))" ]; then \
	  "$$folder/bin/python" -m pip --disable-pip-version-check --no-input install --quiet $(TORCH); \
	fi; \
	DS_BUILD_OPS=0 "$$folder/bin/python" -m pip --disable-pip-version-check --no-input install \
	  --quiet --no-deps --no-build-isolation --require-hashes --requirement "$$lock"; \
	made_from >"$$folder/made-from.txt"

# --- use -------------------------------------------------------------------------------------

.PHONY: run
run: environment-run ## Start the service in the foreground (EPOCHPLAN_PORT=8000)
	@exec $(RUN_VENV)/bin/python -m app

# --- verify ----------------------------------------------------------------------------------

.PHONY: test
test: environment-test ## Run the tests (PYTEST_ARGS="-k cursor" to choose)
	@$(PYTEST) $(WORKERS) $(PYTEST_ARGS)

.PHONY: check
check: static coverage ## Everything that must hold before a commit

.PHONY: static formatted linted typed contracts packaged
static: formatted linted typed contracts packaged openapi-fresh ## Everything that can be seen without running a test

formatted: environment-dev
	$(BIN)/ruff format --check

linted: environment-dev
	$(BIN)/ruff check

typed: environment-dev
	$(BIN)/mypy
	$(PYRIGHT)

contracts: environment-dev
	PYTHONPATH=. $(BIN)/lint-imports --no-cache --no-logo

packaged: environment-dev
	$(BIN)/hadolint Dockerfile
	$(BIN)/yamllint --strict .

# pyright's own wheel of node, never one that happens to be on the PATH
PYRIGHT := PYRIGHT_PYTHON_GLOBAL_NODE=0 PYRIGHT_PYTHON_IGNORE_WARNINGS=1 \
  $(BIN)/pyright --pythonpath $(BIN)/python

.PHONY: coverage
coverage: environment-dev ## Run the tests and require every branch of app/ to be covered
	@$(PYTEST) $(WORKERS) --hypothesis-profile=ci --cov --cov-report=term $(PYTEST_ARGS)

BENCH_ARGS ?=

.PHONY: bench
bench: environment-dev ## Measure what is claimed (BENCH_ARGS="--quick")
	@$(BIN)/python -m tests.bench $(BENCH_ARGS)

GROWTH_ARGS ?=
SCALE_ARGS ?=
QUALITY_ARGS ?=

.PHONY: growth scale quality
growth: environment-dev ## Measure how costs grow with sizes (GROWTH_ARGS="--quick")
	@$(BIN)/python -m tests.growth $(GROWTH_ARGS)

scale: environment-dev ## Measure workers, clients and, where Docker answers, replicas (needs wrk)
	@$(BIN)/python -m tests.scale $(SCALE_ARGS)

quality: environment-test ## Test how random the native order is (QUALITY_ARGS="--quick")
	@$(PYTEST) -q -p no:xdist tests/quality
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.quality $(QUALITY_ARGS)

.PHONY: performance
performance: environment-dev ## Write what was measured into the pages of docs/
	@$(BIN)/python -m tests.golden.record_performance
	@$(BIN)/python -m tests.growth.drawing
	@$(BIN)/python -m tests.quality.page

CONFORMANCE_ARGS ?=

.PHONY: conformance
conformance: environment-test environment-peers ## Compare with the real frameworks (CONFORMANCE_ARGS="pytorch --count 50")
	@$(BIN)/python -m tests.conformance $(CONFORMANCE_ARGS)

.PHONY: browser-test
browser-test: environment-browser ## Drive the pages in a Chromium that is installed
	@$(BROWSER_VENV)/bin/python -m pytest tests/browser $(PYTEST_ARGS)

.PHONY: environment-generated generated-client
environment-generated:
	$(call environment,$(GENERATED_VENV),requirements/generated-client.txt)

generated-client: environment-test environment-generated ## Generate a client from openapi.json and call the service with it
	@SERVICE_PYTHON="$(abspath $(BIN))/python" \
	  $(GENERATED_VENV)/bin/python -m pytest tests/generated_client $(PYTEST_ARGS)

.PHONY: environment-recipes recipes
environment-recipes:
	$(call environment,$(RECIPES_VENV),requirements/recipes.txt)

recipes: environment-test environment-recipes environment-peer-torch ## Run the recipes of examples/: pre-commit, torchrun, Ray, schemas
	@RECIPES_TOOLS="$(abspath $(RECIPES_VENV))/bin" \
	  TORCH_PYTHON="$(abspath $(PEERS_VENV))/torch/bin/python" \
	  $(PYTEST) -p no:xdist tests/recipes $(PYTEST_ARGS)

# every Python that is there; those that are missing are said
PYTHONS ?= python3.11 python3.12 python3.13

.PHONY: pythons
pythons: ## Write the kept lock files with several Pythons and compare the bytes
	@for python in $(PYTHONS); do \
	  if ! "$$python" --version >/dev/null 2>&1; then echo "$$python is missing"; continue; fi; \
	  $(MAKE) environment-run RUN_VENV=$(RUN_VENV)-$$python PYTHON=$$python; \
	  for spec in tests/golden/locks/*.yaml; do \
	    $(RUN_VENV)-$$python/bin/python -m app.cli lock "$$spec" --output - 2>/dev/null \
	      | cmp - "$${spec%.yaml}.lock.json"; \
	  done; \
	  echo "$$python: the same bytes"; \
	done

.PHONY: image-test
image-test: environment-dev ## Build the image and run it hardened (needs a Docker engine)
	@PATH="$(abspath $(BIN)):$$PATH" deploy/image-test $(PYTEST_ARGS)

# --- change ----------------------------------------------------------------------------------

.PHONY: format
format: environment-dev ## Bring the code into the one format
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

# the description of the API does not depend on the settings of whoever writes it
OPENAPI := env -i PATH="$$PATH" $(BIN)/python -m app.api

.PHONY: openapi
openapi: environment-dev ## Write openapi.json
	@$(OPENAPI) > openapi.json.new
	@mv openapi.json.new openapi.json

.PHONY: openapi-fresh
openapi-fresh: environment-dev
	@$(OPENAPI) | cmp - openapi.json \
	  || { echo "openapi.json is not that of the code: make openapi" >&2; exit 1; }

# For every Python from 3.11 on, on Linux and macOS, x86-64 and ARM: hashes of all files of a release.
# The default index is named by nobody here, so the lock files hold names, versions and hashes.
LOCK := env -u UV_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS $(BIN)/uv pip compile --quiet --no-config \
  --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
  --no-header --no-annotate pyproject.toml

.PHONY: lock
lock: environment-dev ## Pin the dependencies anew (LOCK_ARGS=--upgrade for newer versions)
	@$(LOCK) $(LOCK_ARGS) --output-file requirements/runtime.txt
	@$(LOCK) $(LOCK_ARGS) --group dev --constraints requirements/runtime.txt \
	  --output-file requirements/dev.txt
	@$(LOCK) $(LOCK_ARGS) --group test --constraints requirements/dev.txt \
	  --output-file requirements/test.txt
	@$(LOCK) $(LOCK_ARGS) --group browser --constraints requirements/dev.txt \
	  --output-file requirements/browser.txt
	@$(filter-out pyproject.toml,$(LOCK)) $(LOCK_ARGS) requirements/generated-client.in \
	  --output-file requirements/generated-client.txt
	@$(subst pyproject.toml,requirements/recipes.in,$(LOCK)) $(LOCK_ARGS) \
	  --constraints requirements/test.txt --output-file requirements/recipes.txt

# what is installed in the environments of the real frameworks, pinned as it is there
.PHONY: lock-peers
lock-peers: environment-dev ## Pin the environments of the real frameworks as they are
	@for peer in $(PEERS); do \
	  $(PEERS_VENV)/$$peer/bin/python -m pip freeze --all --exclude pip --exclude torch \
	    --exclude setuptools --exclude wheel --exclude ninja 2>/dev/null \
	  | $(PIN_AS_GIVEN) --output-file requirements/peers/$$peer.txt -; \
	done
	@printf 'setuptools\nwheel\nninja\n' | $(PIN_AS_GIVEN) --output-file requirements/peers/build.txt -

PIN_AS_GIVEN := env -u UV_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS $(BIN)/uv pip compile --quiet \
  --no-config --no-deps --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: clean
clean: ## Remove everything that was made here, the environments too
	@rm -rf $(VENV) $(RUN_VENV) $(BROWSER_VENV) $(GENERATED_VENV) $(RECIPES_VENV) $(PEERS_VENV) build dist htmlcov .benchmarks .coverage .coverage.* \
	  .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find app tests -name __pycache__ -prune -exec rm -rf {} +
