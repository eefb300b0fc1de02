"""The settings of people and signing in: by e-mail address, no sign-up, a second factor."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from prevent_cms import environment

_DEMO = environment.flag("DEMO", False)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.SeatsBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.ContextWordsValidator"},
]
PASSWORD_RESET_TIMEOUT = 7 * 24 * 60 * 60  # an invitation; accounts/links.py shortens the others
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/work/"

ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if _DEMO else "https"
# Tries / time / whose. Wrong passwords are counted by axes (accounts/throttle.py), wrong codes of a
# second factor here, by account.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/15m/key",
    "known_device": "10/15m/key",
    "refer": "60/h/ip",
    "one_time": "30/h/ip",
    "reset_password": "60/h/ip,3/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("PROXIES", 0 if _DEMO else 1)

ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60  # accounts/step_up.py

ACCOUNT_FORMS = {
    "login": "accounts.sign_in_forms.SignInForm",
    "change_password": "accounts.sign_in_forms.NewPasswordForm",
    "reauthenticate": "accounts.sign_in_forms.PasswordAgainForm",
    "reset_password": "accounts.sign_in_forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.sign_in_forms.FirstPasswordForm",
    "user_token": "accounts.sign_in_forms.LinkForm",
}

USERSESSIONS_ADAPTER = "accounts.adapter.SessionsAdapter"

MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# A passkey asks for finger, face or PIN, so it is two factors in one and signs in alone.
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Prevent case management"
MFA_FORMS = {
    "authenticate": "accounts.sign_in_forms.CodeForm",
    "reauthenticate": "accounts.sign_in_forms.CodeAgainForm",
    "activate_totp": "accounts.sign_in_forms.FirstCodeForm",
    "add_webauthn": "accounts.sign_in_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.sign_in_forms.RenamePasskeyForm",
    "authenticate_webauthn": "accounts.sign_in_forms.PasskeyForm",
    "reauthenticate_webauthn": "accounts.sign_in_forms.PasskeyAgainForm",
    "login_webauthn": "accounts.sign_in_forms.PasskeyAloneForm",
}
MFA_REQUIRED = environment.flag("MFA_REQUIRED", not _DEMO)
if not MFA_REQUIRED and not _DEMO:
    raise ImproperlyConfigured("MFA_REQUIRED=0 is only allowed together with DEMO=1.")

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_WHITELIST_CALLABLE = "accounts.throttle.is_known_device"
AXES_CLIENT_IP_CALLABLE = "accounts.throttle.client_address"
AXES_RESET_ON_SUCCESS = True
# Not by address: a whole council stands behind one, and a guesser behind many.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_VERBOSE = False
