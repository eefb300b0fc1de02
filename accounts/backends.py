"""How a signed-in person is fetched at the start of a request."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import Membership, User


class SeatsBackend(ModelBackend):
    """Django's own, which fetches the seats of a person with the person: one query a request."""

    def get_user(self, user_id: Any) -> User | None:
        """The active person of a session, or None."""
        rows = Membership.objects.current().filter(user=user_id)
        found = list(rows.select_related("user", "agency__area"))
        if not found:
            return super().get_user(user_id)
        user = found[0].user
        user.sit(found)
        return user if self.user_can_authenticate(user) else None
