"""Each bad value of the environment is refused with one line that names it; each in a process of
its own, since settings are read once."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL = {
    "SECRET_KEY": "a-secret-of-a-real-service-" * 3,
    "ALLOWED_HOSTS": "prevent.example,www.prevent.example",
    "DATABASE_URL": "postgres://prevent:password@localhost:5432/prevent_cms",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
}
DEMO = {"DEMO": "1", "DATABASE_URL": REAL["DATABASE_URL"]}


def manage(environment, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def setting(environment, expression):
    code = f"from django.conf import settings; print({expression})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "prevent_cms.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def without(name):
    return {key: value for key, value in REAL.items() if key != name}


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        (without("SECRET_KEY"), "SECRET_KEY"),
        ({**REAL, "SECRET_KEY": "short"}, "SECRET_KEY"),
        ({**REAL, "SECRET_KEY": "   "}, "SECRET_KEY"),
        (without("ALLOWED_HOSTS"), "ALLOWED_HOSTS"),
        ({**REAL, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({**REAL, "ALLOWED_HOSTS": "prevent.example,,"}, "ALLOWED_HOSTS"),
        (without("DATABASE_URL"), "DATABASE_URL"),
        ({**REAL, "DATABASE_URL": "prevent_cms"}, "DATABASE_URL"),
        ({**REAL, "DATABASE_URL": "sqlite:///db.sqlite3"}, "DATABASE_URL"),
        ({**REAL, "DATABASE_URL": "postgres://localhost"}, "DATABASE_URL"),
        ({**REAL, "DATABASE_URL": "postgres://localhost:many/prevent"}, "DATABASE_URL"),
        ({**REAL, "DB_ROLE": "owner", "OWNER_DATABASE_URL": "x"}, "OWNER_DATABASE_URL"),
        ({**REAL, "DB_ROLE": "root"}, "DB_ROLE"),
        (without("EMAIL_URL"), "EMAIL_URL"),
        ({**REAL, "EMAIL_URL": "pigeon://loft"}, "EMAIL_URL"),
        ({**REAL, "PORT": "eighty"}, "PORT"),
        ({**REAL, "PORT": "0"}, "PORT"),
        ({**REAL, "PORT": "65536"}, "PORT"),
        ({**REAL, "DEMO": "perhaps"}, "DEMO"),
        ({**REAL, "MFA_REQUIRED": "nope"}, "MFA_REQUIRED"),
        ({**REAL, "MFA_REQUIRED": "0"}, "MFA_REQUIRED"),
    ],
)
def test_a_bad_value_is_refused_in_one_line_that_names_it(environment, named):
    done = manage(environment, "check")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stderr.startswith("Cannot start: ")
    assert named in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "pass-word-1"),
        ("DATABASE_URL", "postgres://prevent:pass-word-1/2@localhost/prevent_cms"),
        ("DATABASE_URL", "postgres://prevent:pass-word-1@localhost/"),
        ("EMAIL_URL", "smtp://user:pass-word-1/2@mail.example"),
    ],
)
def test_a_secret_is_never_repeated(name, value):
    done = manage({**REAL, name: value}, "check")
    assert done.returncode == 1
    assert name in done.stderr
    assert "pass-word-1" not in done.stderr


def test_a_real_service_starts_and_is_closed():
    assert setting(REAL, "settings.DEBUG") == "False"
    assert setting(REAL, "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE") == (
        "True True"
    )
    assert setting(REAL, "settings.SESSION_COOKIE_NAME") == "__Host-session"
    assert setting(REAL, "settings.SECURE_SSL_REDIRECT, settings.MFA_REQUIRED") == "True True"
    assert setting(REAL, "settings.SITE_URL") == "https://prevent.example"
    assert int(setting(REAL, "settings.SECURE_HSTS_SECONDS")) >= 365 * 24 * 60 * 60


def test_a_real_service_passes_the_deployment_check():
    done = manage(REAL, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_mail_settings_are_taken_from_the_address():
    values = "settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS"
    assert setting(REAL, values) == "mail.example 587 True"


def test_requests_run_as_a_role_that_owns_nothing():
    options = "settings.DATABASES['default']['OPTIONS'].get('assume_role')"
    assert setting(REAL, options) == "prevent_runtime"


def test_the_owner_connects_by_an_address_of_its_own():
    environment = {
        **REAL,
        "DB_ROLE": "owner",
        "OWNER_DATABASE_URL": "postgres://owner@localhost/prevent_cms",
    }
    assert setting(environment, "settings.DATABASES['default']['USER']") == "owner"
    assert setting(environment, "settings.DATABASES['default'].get('OPTIONS')") == "None"


def test_a_demonstration_needs_nothing_and_sends_no_mail():
    assert setting(DEMO, "settings.ALLOWED_HOSTS") == "['localhost', '127.0.0.1', '[::1]']"
    assert setting(DEMO, "settings.EMAIL_BACKEND").endswith("filebased.EmailBackend")
    assert setting(DEMO, "settings.EMAIL_FILE_PATH") == str(ROOT / "var/mail")
    assert setting(DEMO, "settings.MFA_REQUIRED") == "False"
    assert setting({**DEMO, "PORT": "8123"}, "settings.SITE_URL") == "http://127.0.0.1:8123"


def test_a_demonstration_keeps_its_secret():
    first = setting(DEMO, "settings.SECRET_KEY")
    assert len(first) >= 50
    assert setting(DEMO, "settings.SECRET_KEY") == first


def test_a_demonstration_that_is_open_to_others_is_warned_about():
    done = manage({**DEMO, "ALLOWED_HOSTS": "prevent.example"}, "check")
    assert done.returncode == 0
    assert "DEMO=1 switches protection off" in done.stderr


def test_the_policy_of_content_allows_nothing_inline():
    sources = "sum(settings.CONTENT_SECURITY_POLICY['DIRECTIVES'].values(), [])"
    found = setting(REAL, f"list(map(str, {sources}))")
    assert "'self'" in found
    assert "unsafe" not in found
    assert "*" not in found
