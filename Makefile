# Every target brings what it needs into this folder; only `browsers` and `ci-deps` touch the system.
.DEFAULT_GOAL := help
SHELL := /bin/bash

UV_VERSION := 0.13.9
TOOLS := .tools
UV := $(TOOLS)/bin/uv
VENV := .venv
RUN := $(VENV)/bin
STAMP := $(VENV)/.synced
MINUTES := 5

export UV_PROJECT_ENVIRONMENT := $(VENV)

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(UV): tools/find-python.sh
	@PYTHON="$$(tools/find-python.sh)" && "$$PYTHON" -m venv $(TOOLS) && $(TOOLS)/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $(UV)

$(STAMP): $(UV) pyproject.toml uv.lock .python-version
	@$(UV) sync --quiet --frozen $(shell tools/find-python.sh --for-uv)
	@touch $(STAMP)

demo: $(STAMP) ## Upload sample pictures to five test sites and show what each took out
	@$(RUN)/creditline demo

test: $(STAMP) ## Run the tests; what is absent is skipped, with the command that brings it
	@$(RUN)/python -m pytest -n auto --dist loadfile

test-postgres: $(STAMP) ## Run the tests with every ledger on a PostgreSQL server of their own
	@$(RUN)/python -m pytest -n auto --dist loadfile --database postgresql

check: lint test ## Format, lint, types, import contract and tests

lint: $(STAMP) ## Format, lint, types and import contract
	@$(RUN)/ruff format --check .
	@$(RUN)/ruff check .
	@$(RUN)/mypy
	@$(RUN)/lint-imports

docs: $(STAMP) ## Write the generated reference pages anew
	@$(RUN)/python tools/reference.py

bench: $(STAMP) ## Print each performance claim as a ratio
	@$(RUN)/python bench/run.py

bench-recognition: $(STAMP) ## Print what is recognised of each kind of copy, and what is taken for another picture
	@$(RUN)/python bench/recognition.py

wire-forms: $(STAMP) ## Send every wire form under every condition and write docs/reference/wire-forms.md
	@$(RUN)/python tools/wire_forms.py

soak: $(STAMP) ## Send 500 uploads of up to 20 MB at once, then kill, lock and fill what can be; about ten minutes
	@SOAK=1 $(RUN)/python -m pytest -s -p no:xdist tests/e2e/test_load.py tests/e2e/soak_faults.py

conformance: $(STAMP) ## Compare the reading with ExifTool's and the C2PA SDK's, over ../shared/corpus
	@$(RUN)/python tools/conformance.py

.PHONY: conformance-restore
conformance-restore: $(STAMP) ## Strip and restore ../shared/corpus, and let ExifTool read what is there again
	@$(RUN)/python tools/conformance_restore.py

fuzz: $(STAMP) ## Fuzz each reader for MINUTES=5 (TARGET=jpeg for one); prints the executions of each
	@$(UV) sync --quiet --frozen --inexact --group fuzz $(shell tools/find-python.sh --for-uv)
	@$(RUN)/python tools/fuzz.py --minutes $(MINUTES) $(if $(TARGET),--target $(TARGET))

hostile: $(STAMP) ## Read the corpus's hostile files and the fuzzer's seeds; print the slowest and the peak of memory
	@$(RUN)/python tools/hostile.py

extension: $(STAMP) ## Zip the browser extension into dist/
	@$(RUN)/python tools/zip_extension.py

fuzz-api: $(STAMP) ## Throw made-up requests at the API for twenty minutes
	@$(RUN)/python tools/fuzz_api.py --seconds 600

browsers: ## Install Chromium and Firefox with the system's package manager, or say what to type
	@tools/install-browsers.sh

ci-deps: ## Install everything that the tests can use
	@tools/install-exiftool.sh
	@tools/install-browsers.sh
	@tools/install-postgres.sh
	@tools/install-extension-tools.sh
	@tools/install-real-servers.sh
	@$(MAKE) --no-print-directory $(STAMP)

clean: ## Remove what the other targets made in this folder
	@rm -rf $(TOOLS) $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: soak fuzz-api help demo test test-postgres check lint docs bench bench-recognition wire-forms conformance fuzz hostile extension browsers ci-deps clean
