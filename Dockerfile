# Three stages: the locked npm files, the Python packages (psycopg2 built from source against the
# system's libpq), and what runs: no compiler, no npm, a user without rights.

FROM node:24-bookworm-slim AS frontend
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim-bookworm AS packages
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev libpq-dev \
 && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
COPY requirements/base.txt requirements/production.txt /requirements/
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-binary psycopg2 \
      -r /requirements/base.txt -r /requirements/production.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      fonts-liberation2 libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 libpq5 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /srv/prevent prevent
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /srv/prevent
COPY --from=packages /opt/venv /opt/venv
COPY manage.py ./
COPY prevent_cms prevent_cms
COPY accounts accounts
COPY referrals referrals
COPY vaf vaf
COPY channel channel
COPY templates templates
COPY static static
COPY fixtures fixtures
COPY --from=frontend /build/node_modules node_modules
RUN python -m prevent_cms.setup.frontend \
 && DEMO=1 DATABASE_URL=postgres://nobody@localhost/not-used-by-this-step \
    python manage.py collectstatic --noinput --verbosity 0 \
 && rm -rf node_modules var/demo-secret-key \
 && mkdir -p var/media var/audit-heads \
 && chown prevent var/media var/audit-heads
USER prevent
EXPOSE 8000
CMD ["gunicorn", "prevent_cms.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", \
     "--max-requests", "5000", "--max-requests-jitter", "500", "--worker-tmp-dir", "/dev/shm", \
     "--no-control-socket"]
