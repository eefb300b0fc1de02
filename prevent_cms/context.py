"""What every template may use: the classification, and whether this is a demonstration."""

from django.conf import settings
from django.http import HttpRequest

from prevent_cms.marking import CLASSIFICATION


def ground(request: HttpRequest) -> dict[str, object]:
    return {"marking": CLASSIFICATION, "demo": settings.DEMO}
