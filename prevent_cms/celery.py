"""The Celery application; it is only used when CELERY_BROKER_URL is set."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prevent_cms.settings")

app = Celery("prevent_cms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="prevent_cms.drain_outbox")
def drain_outbox() -> int:
    """Do what is due in the outbox; safe to run at any moment and more than once."""
    from prevent_cms import outbox  # models load only once Django is set up

    return outbox.drain()
