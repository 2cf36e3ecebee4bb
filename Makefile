.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv

.PHONY: help run test check format lock clean

help: ## show what can be done here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: .installed ## set everything up, load the demo municipality, play the shipped scenarios
	@$(BIN)/overligger init --demo
	@$(BIN)/overligger play tests/scenarios/*.yaml

test: .installed .tools ## install all that is needed, then run every test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/python -m pytest tests/decisions
	@$(BIN)/python -m pytest --ignore tests/decisions -n 2 --dist loadfile

format: .installed ## put the code in the house's shape
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

lock: $(UV) ## pin the dependencies anew
	@$(UV) pip compile pyproject.toml --universal --python-version 3.11 --all-extras --generate-hashes --no-emit-index-url -q -o requirements.lock

clean: ## remove what was installed and built here
	@rm -rf $(VENV) .installed .tools web/frontend/node_modules web/static/dist build dist

$(UV):
	@command -v $(PYTHON) >/dev/null || { echo "Overligger needs Python 3.11 or newer; set PYTHON=… if it has another name." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Overligger needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version)." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install -q --disable-pip-version-check uv

.installed: $(UV) requirements.lock pyproject.toml
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.tools: web/frontend/package-lock.json
	@command -v npm >/dev/null || { echo "The diagram checks need Node 20 or newer with npm." >&2; exit 1; }
	@cd web/frontend && npm ci --no-fund --no-audit --loglevel=error
	@touch $@
