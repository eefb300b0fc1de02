"""What somebody does about their own way of signing in."""

from django.db import transaction

from accounts.models import User
from prevent_cms import outbox

NOBODY = 0


@transaction.atomic
def forget_password(email: str) -> str:
    """Send a link to set a new password, if an active account has this address; returns the address.

    The work asked for is the same when there is none, so that nobody learns which addresses have one.
    """
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    outbox.add("forgotten_password", user_id=user.pk if user else NOBODY)
    return email
