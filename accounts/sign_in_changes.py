"""What follows when somebody changes how they sign in: an event, a mail, a new session id."""

from dataclasses import dataclass

from allauth.account.internal.flows.login import record_authentication
from django.db import transaction
from django.http import HttpRequest

from accounts import step_up
from accounts.models import User
from prevent_cms import outbox
from prevent_cms.history import EventType
from prevent_cms.history.record import record


@dataclass(frozen=True)
class Change:
    """One way in which signing in can change: its event, and which factor it is about."""

    event: EventType
    factor: str = ""

    @property
    def is_new_factor(self) -> bool:
        return self.event == EventType.SECOND_FACTOR_ADDED


# By the name of the mail that the sign-in package would send.
CHANGES = {
    "account/email/password_changed": Change(EventType.PASSWORD_CHANGED),
    "account/email/password_reset": Change(EventType.PASSWORD_CHANGED),
    "mfa/email/totp_activated": Change(EventType.SECOND_FACTOR_ADDED, "totp"),
    "mfa/email/totp_deactivated": Change(EventType.SECOND_FACTOR_REMOVED, "totp"),
    "mfa/email/webauthn_added": Change(EventType.SECOND_FACTOR_ADDED, "webauthn"),
    "mfa/email/webauthn_removed": Change(EventType.SECOND_FACTOR_REMOVED, "webauthn"),
    "mfa/email/recovery_codes_generated": Change(EventType.RECOVERY_CODES_MADE),
}


def remember(request: HttpRequest, name: str, user: User) -> None:
    """Record the change called `name` above and tell its owner; KeyError for one not known."""
    change = CHANGES[name]
    if change.is_new_factor:
        # Setting it up was proof of having it. What the session may do grows, so its id changes.
        record_authentication(request, user, "mfa", type=change.factor)
        step_up.renew(request)
    with transaction.atomic():
        record(change.event, by=user, factor=change.factor)
        outbox.add("sign_in_changed", user_id=user.pk)
