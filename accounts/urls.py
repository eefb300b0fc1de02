from allauth.account.views import password_change, reauthenticate
from allauth.mfa.base.views import reauthenticate as give_code
from allauth.mfa.totp.views import deactivate_totp
from allauth.mfa.webauthn.views import reauthenticate_webauthn as give_passkey
from allauth.mfa.webauthn.views import remove_webauthn
from django.urls import URLPattern, path

from accounts import step_up, views

KEY = "2fa/webauthn/keys/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("access/", views.your_access, name="your_access"),
    # These stand before the sign-in package's pages of the same names and addresses.
    path("email/", views.fixed_email, name="account_email"),
    path(
        "password/change/",
        step_up.required(keeps=False)(password_change),
        name="account_change_password",
    ),
    path("reauthenticate/", step_up.renews(reauthenticate), name="account_reauthenticate"),
    path("2fa/reauthenticate/", step_up.renews(give_code), name="mfa_reauthenticate"),
    path(
        "2fa/webauthn/reauthenticate/",
        step_up.renews(give_passkey),
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/totp/deactivate/", views.keep_one(deactivate_totp), name="mfa_deactivate_totp"),
    path(f"{KEY}remove/", views.keep_one(remove_webauthn), name="mfa_remove_webauthn"),
]
