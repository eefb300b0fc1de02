"""Ending sessions: a browser whose session has ended is refused on its next request."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import User


@transaction.atomic
def end_all(user: User) -> None:
    """End every session of this person, wherever they are signed in."""
    found = UserSession.objects.filter(user=user)
    Session.objects.filter(session_key__in=found.values("session_key")).delete()
    found.delete()
