"""Reading the environment: every bad value is refused with a sentence that says what to do."""

import secrets
import warnings
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "testserver"}
SHORTEST_SECRET = 50

env = environ.Env()


def text(name: str, default: str = "") -> str:
    """The value without surrounding blanks; a variable set to nothing counts as not set."""
    value: str = env.str(name, "").strip()
    return value or default


def flag(name: str, default: bool) -> bool:
    """A yes or no; anything else is refused, so that a slip never switches protection off."""
    value = text(name).lower()
    if not value:
        return default
    if value in YES | NO:
        return value in YES
    raise ImproperlyConfigured(f"{name} is {value!r}; it must be 1 (yes) or 0 (no).")


def port(name: str, default: int) -> int:
    """A TCP port."""
    value = text(name, str(default))
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a number from 1 to 65535.")
    return int(value)


def number(name: str, default: int) -> int:
    """A whole number, nought or more."""
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number.")
    return int(value)


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """One of a few words, the first when nothing is set."""
    value = text(name, choices[0])
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")
    return value


def required(name: str, what: str) -> str:
    """A value that the service cannot run without."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. {what} See .env.example; for a trial on this machine set DEMO=1."
        )
    return value


def secret_key(*, demo: bool, folder: Path) -> str:
    """The signing key; in a demo one is made and kept, so that sessions outlive a restart."""
    if demo and not text("SECRET_KEY"):
        kept = folder / "demo-secret-key"
        if not kept.exists():
            folder.mkdir(parents=True, exist_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(60))
        return kept.read_text()
    key = required("SECRET_KEY", "It signs sessions and must be long, random and kept secret.")
    if len(key) < SHORTEST_SECRET and not demo:
        raise ImproperlyConfigured(
            f"SECRET_KEY has {len(key)} characters; it needs at least {SHORTEST_SECRET}."
        )
    return key


def allowed_hosts(*, demo: bool) -> list[str]:
    """The host names that are answered; a demo that is open to others is warned about."""
    if not demo:
        required("ALLOWED_HOSTS", "List the host names of the service, separated by commas.")
    hosts = [host.strip() for host in text("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")]
    if "*" in hosts or not all(hosts):
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must list host names separated by commas, without * or gaps."
        )
    if demo and not LOCAL_HOSTS.issuperset(hosts):
        warnings.warn(
            "DEMO=1 switches protection off and its passwords are public, but ALLOWED_HOSTS "
            "names other machines. Never put real information into this service.",
            stacklevel=2,
        )
    return hosts


def email_settings(*, demo: bool, folder: Path) -> dict[str, Any]:
    """Django's e-mail settings; a demo writes its mail into files instead of sending it."""
    if demo and not text("EMAIL_URL"):
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": str(folder / "mail")}
    url = required("EMAIL_URL", "Agencies are told by e-mail.")
    example = "smtp+tls://user:password@host:587"
    try:
        found: dict[str, Any] = environ.Env.email_url_config(url)
    except (ImproperlyConfigured, ValueError):  # its text may repeat a part of the password
        raise ImproperlyConfigured(
            f"EMAIL_URL is not usable. It should look like {example}"
        ) from None
    return found
