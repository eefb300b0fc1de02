# Everything a person types: `make demo`, `make test`, `make check`, `make proof`.
# Set-up runs first and does nothing when there is nothing to do.

PYTHON ?= python3
BIN := .venv/bin
SETUP := $(PYTHON) prevent_cms/setup/bootstrap.py
CODE := manage.py prevent_cms accounts referrals vaf channel tests

PYTEST := $(BIN)/python -m pytest --quiet --no-header
# What decides who may do what, and when: every branch of it is tested.
PROMISED := */actions/*,*/actions.py,*/access.py,*/workflow.py,*/quorum.py,*/clock.py,*/profile.py

# What a real installation would set; only `check --deploy` uses it and no connection is made.
PRODUCTION = env -u DEMO -u MFA_REQUIRED \
  SECRET_KEY=check-only-$$(head -c 48 /dev/urandom | base64 | tr -d '+/=\n') \
  ALLOWED_HOSTS=prevent.example EMAIL_URL=smtp+tls://mail.example:587 \
  DATABASE_URL=postgres://nobody@localhost/not-used-by-this-step

# Compiled Python is kept, whatever the caller's shell says: it halves the time of every start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check proof lock fix clean

demo: ## serve the demonstration on http://127.0.0.1:8000
	@$(SETUP) demo
	@DEMO=1 exec $(BIN)/python manage.py demo

test: ## run every test, and hold the coverage that was promised
	@$(SETUP) test
	$(PYTEST) -m "not proof and not alone" --numprocesses 2 --dist loadfile --no-loadscope-reorder \
	  --cov --cov-report=
	$(PYTEST) -m "alone and not proof" --cov --cov-append --cov-report= || [ $$? -eq 5 ]
	$(BIN)/coverage report --fail-under=90
	$(BIN)/coverage report --fail-under=100 --include="$(PROMISED)"

check: ## format, lint, types, imports, templates, migrations, production settings, locks, compose
	@$(SETUP) test
	$(BIN)/ruff format --check --output-format concise $(CODE)
	$(BIN)/ruff check --output-format concise $(CODE)
	DEMO=1 $(BIN)/mypy
	$(BIN)/lint-imports --no-cache --verbose > /dev/null || $(BIN)/lint-imports --no-cache
	$(BIN)/djlint --lint --quiet templates
	DEMO=1 $(BIN)/python manage.py makemigrations --check --dry-run --verbosity 1
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(PYTEST) tests/setup/test_locks.py tests/setup/test_compose.py

proof: ## take the full figures (an hour and more) and write docs/proof.md; ONLY="-k ..." for some
	@$(SETUP) test
	@$(BIN)/python -m prevent_cms.setup.proof $(ONLY)

lock: ## write the lock files anew from requirements/*.in and package.json
	@$(SETUP) test
	@for name in base postgres dev production uv; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --upgrade requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done
	@npm install --package-lock-only --no-audit --no-fund

fix: ## put format and order right
	@$(SETUP) test
	$(BIN)/ruff check --fix --quiet $(CODE) || true
	$(BIN)/ruff format --quiet $(CODE)

clean: ## remove what was installed and built; the demonstration's data in var/ stays
	rm -rf .venv node_modules static/vendor var/static htmlcov .coverage .coverage.* \
	  .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
