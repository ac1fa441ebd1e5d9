# make demo   the whole site on this machine, with invented people
# make test   the suite: SQLite, and PostgreSQL too where TEST_POSTGRES_URL names a server
# make check  style, types, templates, imports, migrations, deployment settings
# make words  brings the Spanish catalog up to date with the pages, for whoever translates
# make bench  the figures of this machine, each beside the least it could cost; on PostgreSQL too
#             where BENCH_POSTGRES_URL names a server; BENCH="--rows move,import --quick" chooses
# make faults processes killed, Redis and mail broken, under load: 0 lost, 0 twice (half an hour)
#             make faults-short takes minutes, make soak has the full counts;
#             FAULTS="--rows T2,T5 --database sqlite --no-naive" chooses rows
# Needs make and Python 3.11 or newer (make demo PYTHON=python3.12 chooses one), nothing else.

PYTHON ?= python3
PORT ?= 8000
TEST_ARGUMENTS ?=
FAULTS ?=
BENCH ?=
export PORT

BIN := .venv/bin
SOURCES := clinic education referrals tests manage.py
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
# What the type checker and the import checks run under: the tests' settings, no demo.
TESTED := env -u DATABASE_URL -u REDIS_URL DEMO=0 TESTS_FOLDER=$(CURDIR)/var/checks \
  DJANGO_SETTINGS_MODULE=tests.settings

.DELETE_ON_ERROR:
.PHONY: setup demo test test-sqlite test-postgres check words bench faults faults-short soak clean

setup: .venv/base.stamp
	@$(BIN)/python -m clinic.demo.setup
	@$(BIN)/python -m clinic.translations

demo: setup
	@$(BIN)/python manage.py demo

test: test-sqlite $(if $(TEST_POSTGRES_URL),test-postgres)

test-sqlite: .venv/dev.stamp
	env -u DATABASE_URL -u REDIS_URL $(BIN)/python -m pytest $(TEST_ARGUMENTS)

test-postgres: .venv/dev.stamp
	DATABASE_URL="$(TEST_POSTGRES_URL)" $(BIN)/python -m pytest $(TEST_ARGUMENTS)

check: .venv/dev.stamp
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(TESTED) $(BIN)/mypy
	$(BIN)/djlint --check --lint templates
	$(BIN)/lint-imports
	$(TESTED) $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m tests.deployment_check

# Needs gettext's xgettext; nothing else does.
words: .venv/dev.stamp
	$(TESTED) $(BIN)/python -m clinic.translations collect

bench: .venv/dev.stamp
	$(BIN)/python -m tests.bench $(BENCH)

faults: .venv/dev.stamp
	$(BIN)/python -m tests.faults $(FAULTS)

faults-short: .venv/dev.stamp
	$(BIN)/python -m tests.faults --short $(FAULTS)

soak: .venv/dev.stamp
	$(BIN)/python -m tests.faults --soak $(FAULTS)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f clinic/locale/*/LC_MESSAGES/*.mo
	@echo "Kept: var/ (the demo's data and keys). Delete it yourself to start afresh."

.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; '$(PYTHON)' is not." \
	    "Name another: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || { \
	  rm -rf .venv; \
	  echo "'$(PYTHON) -m venv' does not work here." \
	    "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

.venv/base.stamp: .venv/python.stamp requirements/base.txt
	@echo "Installing what the site needs into .venv …"
	@$(INSTALL) -r requirements/base.txt
	@touch $@

.venv/dev.stamp: .venv/python.stamp requirements/base.txt requirements/dev.txt
	@echo "Installing what the tests and checks need into .venv …"
	@$(INSTALL) -r requirements/dev.txt
	@touch $@ .venv/base.stamp
