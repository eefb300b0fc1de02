"""The sign-in package's forms, in plain English; what they do is unchanged."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    UserTokenForm,
)
from allauth.account.forms import ReauthenticateForm as PasswordAgain
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import InvalidSignature
from django import forms
from django.db import transaction
from django.http import HttpRequest

from accounts import links
from accounts.actions import signing_in
from accounts.models import User
from prevent_cms.fields.text import EMAIL_HELP
from prevent_cms.history import EventType
from prevent_cms.history.record import record

NO_PASSKEY = "No passkey was used. Try again, or sign in another way."
# What the package lets through when somebody sends what no browser would.
NONSENSE = (LookupError, AttributeError, TypeError, ValueError, InvalidSignature)
WRONG_PASSKEY = "The passkey does not fit this account. Try again, or sign in another way."


def _word(form: forms.BaseForm, **words: tuple[str, str]) -> None:
    """Give fields a label and the error of an empty one."""
    for name, (label, required) in words.items():
        field = form.fields[name]
        field.label = label
        field.help_text = ""
        field.error_messages["required"] = required


def _one_time_code(form: forms.BaseForm) -> None:
    _word(form, code=("Code", "Enter the code from your authenticator app"))
    form.fields["code"].widget.attrs["inputmode"] = "numeric"
    form.fields["code"].width = "10"  # type: ignore[attr-defined]


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self,
            login=("Email address", "Enter your email address"),
            password=("Password", "Enter your password"),
        )
        self.fields["login"].error_messages["invalid"] = EMAIL_HELP


class NewPasswordForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self,
            oldpassword=("Password you have now", "Enter the password you have now"),
            password1=("New password", "Enter a new password"),
            password2=("New password again", "Enter the new password again"),
        )


class ForgottenPasswordForm(ResetPasswordForm):
    """Answers every address alike; whether there is an account shows only in its mailbox."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, email=("Email address", "Enter your email address"))
        self.fields["email"].error_messages["invalid"] = EMAIL_HELP

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        return signing_in.forget_password(self.cleaned_data["email"])


class FirstPasswordForm(ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self,
            password1=("Password", "Enter a password"),
            password2=("Password again", "Enter the password again"),
        )


class LinkForm(UserTokenForm):
    """Checks a link that was mailed."""

    token_generator = links.tokens


class PasswordAgainForm(PasswordAgain):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, password=("Password", "Enter your password"))


def _remember_failure(user: User | None) -> None:
    with transaction.atomic():
        record(EventType.SIGN_IN_FAILED, by=user or "Somebody not signed in")


class RemembersWrongCodes:
    """A wrong code is remembered like a wrong password: that it was, never what was typed."""

    user: User

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except forms.ValidationError:
            _remember_failure(self.user)
            raise
        return code


class CodeForm(RemembersWrongCodes, AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _one_time_code(self)


class CodeAgainForm(RemembersWrongCodes, ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _one_time_code(self)


class FirstCodeForm(RemembersWrongCodes, ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _one_time_code(self)

    def clean_code(self) -> str:
        """The code that sets up the app does not sign in as well."""
        code = super().clean_code()
        TOTP(Authenticator(user=self.user))._mark_code_used(code)
        return code


class AddPasskeyForm(AddWebAuthnForm):
    """The browser makes the passkey before this is sent, so a missing name refuses nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, name=("Name of the passkey", ""))
        self.fields["name"].help_text = "So that you know it from others, like “Work laptop”"
        self.fields["name"].width = "20"
        self.fields["credential"].error_messages["required"] = NO_PASSKEY

    def clean(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = super().clean()
        except (forms.ValidationError, *NONSENSE):
            raise forms.ValidationError(NO_PASSKEY) from None
        return found


class RenamePasskeyForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, name=("Name of the passkey", "Enter a name for the passkey"))


class RemembersWrongPasskeys:
    """A passkey that does not fit is remembered too."""

    user: User | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        credential = self.fields["credential"]  # type: ignore[attr-defined]
        credential.error_messages["required"] = NO_PASSKEY

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (forms.ValidationError, *NONSENSE) as error:
            _remember_failure(self.user)
            if getattr(error, "code", "") == "too_many_login_attempts":
                raise
            raise forms.ValidationError(WRONG_PASSKEY) from None


class PasskeyForm(RemembersWrongPasskeys, AuthenticateWebAuthnForm):
    """The second step after the password."""


class PasskeyAgainForm(RemembersWrongPasskeys, ReauthenticateWebAuthnForm):
    """Confirming who it is."""


class PasskeyAloneForm(RemembersWrongPasskeys, LoginWebAuthnForm):
    """Signing in without a password."""
