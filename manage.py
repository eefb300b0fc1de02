#!/usr/bin/env python
"""Run a management command, with configuration mistakes told in one plain line."""

import os
import sys

# These create or change tables, so they connect as the owner and not as the run-time role.
OWNER_COMMANDS = {"flush", "makemigrations", "migrate", "showmigrations", "sqlmigrate"}


def main() -> None:
    """Read the settings first, so that a bad value is explained and not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prevent_cms.settings")
    if OWNER_COMMANDS.intersection(sys.argv[1:2]):
        os.environ.setdefault("DB_ROLE", "owner")

    try:
        from django.conf import settings
    except ImportError:
        sys.exit("Django is not installed here. Use the project's own Python: .venv/bin/python.")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as problem:
        sys.exit(f"Cannot start: {problem}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
