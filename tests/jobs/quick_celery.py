"""The product's own Celery application: on the test's database, with a queue of its own and a beat
that does not dawdle."""

import os
from datetime import timedelta

from django.conf import settings

from prevent_cms.celery import app

settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
app.conf.task_default_queue = os.environ["TEST_QUEUE"]
app.conf.beat_schedule = {
    name: {**entry, "schedule": timedelta(seconds=1)}
    for name, entry in app.conf.beat_schedule.items()
}
