.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
PORT ?= 8000
# The cases that the demonstration opens with: a story, and how many of its steps have been.
CASES := s01_mads.yaml:24 s02_selma_erstatter.yaml:8 s03_jonas.yaml:33 s06_kasper.yaml:19 \
	familie_to_voksne.yaml s10_lukkes_til_sektorplan.yaml:20

.PHONY: help run test check format lock clean

help: ## show what can be done here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: .installed .assets ## set everything up, load the demo municipality, play the shipped scenarios, serve the site
	@$(BIN)/overligger init --demo
	@$(BIN)/overligger play tests/scenarios/*.yaml
	@$(BIN)/overligger fill $(addprefix tests/scenarios/,$(CASES))
	@$(BIN)/overligger serve --port $(PORT)

test: .installed .assets .browser ## install all that is needed, then run every test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/python -m pytest tests tests/decisions -n 2 --dist loadfile --no-loadscope-reorder

format: .installed ## put the code in the house's shape
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

lock: $(UV) ## pin the dependencies anew
	@$(UV) pip compile pyproject.toml --universal --python-version 3.11 --all-extras --generate-hashes --no-emit-index-url -q -o requirements.lock

clean: ## remove what was installed and built here
	@rm -rf $(VENV) .installed .tools .assets .browser web/frontend/node_modules web/static/dist build dist

$(UV):
	@command -v $(PYTHON) >/dev/null || { echo "Overligger needs Python 3.11 or newer; set PYTHON=… if it has another name." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Overligger needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version)." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install -q --disable-pip-version-check uv

.installed: $(UV) requirements.lock pyproject.toml
	@$(UV) pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.tools: web/frontend/package-lock.json
	@command -v npm >/dev/null || { echo "Overligger needs Node 20 or newer with npm to build its pages." >&2; exit 1; }
	@cd web/frontend && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

.assets: .tools $(shell find web/frontend/src -type f) web/frontend/build.mjs
	@cd web/frontend && npm run --silent build
	@touch $@

# The system's Chromium, else Debian's, else Playwright's own download.
.browser: .installed
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -q && apt-get install -yq chromium; } || $(BIN)/playwright install chromium
	@touch $@
