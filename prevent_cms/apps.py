from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class PreventCmsConfig(AppConfig):
    name = "prevent_cms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(install_guards, sender=self)


def install_guards(**kwargs: Any) -> None:
    """Put the database guards in place after `migrate`; a test's flush, which passes no plan, skips it."""
    from prevent_cms import guards

    if "plan" in kwargs:
        call_command("createcachetable", verbosity=0)
        guards.install(kwargs["using"])
