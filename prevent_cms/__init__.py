"""The ground every app stands on."""

from prevent_cms.celery import app as celery_app

__all__ = ["celery_app"]
