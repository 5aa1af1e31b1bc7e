# What a fresh machine needs: Python 3.11 or newer with venv, make, and a network to the package registries.
PYTHON ?= python3
VENV = .venv/bin
.PHONY: run start restore test-all test-debian test shots costs sizes bench set-up fix check demo-code demo-reset migrate seed

run:  # the demo program on http://localhost:8000 (MLMC_PORT=… for another port)
	@exec $(PYTHON) -m mlmc.launcher run

start:  # a program of your own, empty, on http://localhost:8000; the page it prints begins it
	@exec $(PYTHON) -m mlmc.launcher start

restore:  # FILE=… brings a backup back into the place of `make start`, while nobody is in it
	@exec $(PYTHON) -m mlmc.launcher restore $(FILE)

test:  # everything, on real servers; ARGS="tests/test_x.py -k word" for less
	@exec $(PYTHON) -m mlmc.launcher test $(ARGS)

test-all:  # the same with the whole product of the access matrix: every method, every person, every object
	@MLMC_WHOLE=1 exec $(PYTHON) -m mlmc.launcher test $(ARGS)

test-debian:  # what talks to the servers, on Debian's own PostgreSQL and Redis instead of the embedded ones
	@MLMC_POSTGRES_BIN=$$(ls -d /usr/lib/postgresql/*/bin | tail -1) MLMC_REDIS_SERVER=$$(command -v redis-server) exec $(PYTHON) -m mlmc.launcher test tests/test_core_rls.py tests/test_core_audit.py tests/test_core_history.py tests/test_core_context.py tests/test_core_statements.py tests/test_core_outbox.py tests/test_mentors_places.py tests/test_mlmc_backup.py tests/test_mlmc_restore.py tests/test_journey.py

shots: set-up  # the README's pictures, taken anew (needs a Chromium)
	$(VENV)/python -m pytest tests/shots.py

sizes: set-up  # what large files cost: rows a second as ratios of one run, and memory
	$(VENV)/python -m pytest tests/sizes.py

costs: set-up  # what policies, trail, history and sealing cost, as ratios of one run
	$(VENV)/python -m pytest tests/costs.py

bench: set-up  # how fast, against a bare project beside it: bench/RESULTS.md (needs wrk; QUICK=1 or MILLION=1)
	@$(VENV)/python -m bench

set-up:  # only what `run` and `test` do first
	@exec $(PYTHON) -m mlmc.launcher set-up

demo-code:  # what the authenticator apps of the demo's people show now
	@exec $(PYTHON) -m mlmc.launcher demo-code

demo-reset:  # empties the demo; the next `make run` loads it anew
	@exec $(PYTHON) -m mlmc.launcher demo-reset

fix: set-up
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .

check: set-up
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/python manage.py makemigrations --check --dry-run
	$(VENV)/djlint --lint --quiet templates

migrate: set-up
	$(VENV)/python manage.py migrate
	$(VENV)/python manage.py secure_database

seed: set-up
	$(VENV)/python manage.py seed_demo

