"""The settings of the tests: the demonstration's, with nothing taken from the caller's shell but
the address of the database, and with what would only make tests slow left out."""

import os

for name in (
    "AUDIT_HEADS",
    "CELERY_BROKER_URL",
    "EMAIL_URL",
    "MEDIA_ROOT",
    "MFA_REQUIRED",
    "PORT",
):
    os.environ.pop(name, None)
os.environ |= {
    "DEMO": "1",
    "DB_ROLE": "owner",  # the test database is made by its owner; conftest.py then changes role
    "SECRET_KEY": "for-tests-only-" * 4,
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
}

from prevent_cms.settings import *
from prevent_cms.settings import MIDDLEWARE, STORAGES, VAR_DIR

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = VAR_DIR / "test-static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = VAR_DIR / "test-media"
AUDIT_HEADS = VAR_DIR / "test-audit-heads"  # nothing writes there; a test that does has its own
OUTBOX_REGULAR = {}  # what comes again and again is tested on its own
MIDDLEWARE = ["tests.nonces.SameNonceMiddleware", *MIDDLEWARE]
