"""The sign-in package's forms, in plain English; what they do is unchanged."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordAgain
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms


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
        self.fields["login"].error_messages["invalid"] = (
            "Enter an email address in the right form, like name@organisation.example"
        )


class NewPasswordForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self,
            oldpassword=("Password you have now", "Enter the password you have now"),
            password1=("New password", "Enter a new password"),
            password2=("New password again", "Enter the new password again"),
        )


class PasswordAgainForm(PasswordAgain):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, password=("Password", "Enter your password"))


class CodeForm(AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _one_time_code(self)


class CodeAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _one_time_code(self)


class FirstCodeForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _one_time_code(self)
