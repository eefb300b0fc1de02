"""Mail about accounts. Links are made when the mail is, and are kept nowhere."""

from django.urls import reverse

from accounts import links
from accounts.actions import people
from accounts.models import Membership, User
from prevent_cms import notify


def mail_invitation(user_id: int) -> None:
    """The link with which somebody begins, unless they have begun or been switched off."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user and not user.has_usable_password():
        notify.send("invitation", to=[user.email], path=links.path(user))


def mail_forgotten_password(user_id: int) -> None:
    """The link to set a new password; nothing for an address without account."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user:
        notify.send("forgotten_password", to=[user.email], path=links.path(user))


def mail_sign_in_changed(user_id: int) -> None:
    """Tell an account's owner, in case it was not them."""
    user = User.objects.get(pk=user_id)
    notify.send("sign_in_changed", to=[user.email], path=reverse("mfa_index"))


def settle_membership(membership_id: int) -> None:
    """On the day on which a role begins or has ended."""
    people.settle(Membership.objects.get(pk=membership_id))
