"""What every template may use: the classification, a demonstration or not, when the session ends."""

from django.conf import settings
from django.http import HttpRequest

from prevent_cms.marking import CLASSIFICATION
from prevent_cms.sessions import Limits


def ground(request: HttpRequest) -> dict[str, object]:
    found: dict[str, object] = {"marking": CLASSIFICATION, "demo": settings.DEMO}
    found["mfa_required"] = settings.MFA_REQUIRED
    if hasattr(request, "user") and request.user.is_authenticated:
        found["limits"] = Limits.of(request.session)
    return found
