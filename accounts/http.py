from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    """What a view receives: LoginRequiredMiddleware has already turned away anyone else."""

    user: User  # type: ignore[assignment]
