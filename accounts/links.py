"""The link in a mail with which somebody sets a password: once, and only for a while.

An invitation, and a sign-in that an administrator has reset, leave an account without password:
its link is good for seven days. Who has forgotten a password has an hour.
"""

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import base36_to_int

from accounts.models import User

FORGOTTEN = 60 * 60  # seconds


class LinkTokens(PasswordResetTokenGenerator):
    """A token dies with its use, since it holds on to the old password, and with its time."""

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Whether the link still sets the password of this account, which must be switched on."""
        if user is None or not user.is_active or not super().check_token(user, token):
            return False
        return self._age(str(token)) <= lifetime(user)

    def _age(self, token: str) -> int:
        made = base36_to_int(token.partition("-")[0])
        return self._num_seconds(self._now()) - made


tokens = LinkTokens()


def lifetime(user: User) -> int:
    """For how many seconds a link for this account is good."""
    return FORGOTTEN if user.has_usable_password() else settings.PASSWORD_RESET_TIMEOUT


def path(user: User) -> str:
    """The address of a fresh link, for a mail to this person and nobody else."""
    key = {"uidb36": user_pk_to_url_str(user), "key": tokens.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)
