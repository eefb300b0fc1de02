"""Which passwords are taken: long ones of any kind, but none that anybody would try here."""

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import (
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError

from accounts.models import Area, User
from prevent_cms import sign_in_settings
from tests.accounts.factors import give_password

pytestmark = pytest.mark.django_db

TAKEN = [
    "three random words",
    "correct horse battery staple",
    "onlysmallletters",
    "ONLYCAPITALLETTERS",
    "839105738204",
    "  blanks at both ends  ",
    "żółte-słonie-tańczą",
    "🦊🦉🐝🦊🦉🐝🦊🦉🐝🦊🦉🐝",
    "'; DROP TABLE accounts_user; --",
    "<script>alert(1)</script>",
    "tidy-otter-" * 6,  # 66 characters
    "x9" * 64,  # 128 characters
    "lamp river stone 7 prevent",  # a word of ours among enough others
    "norfolk-marsh-heron-quill",
    "purple officer drinks tea",  # a part of the own name among enough others
]
SHORT = ["", "a", "short", "elevenchars", "Ab1!Ab1!Ab1", "           "]
COMMON = [
    "password1234",
    "qwerty123456",
    "1qaz2wsx3edc",
    "qwertyuiop123",
    "Administrator",
    "123456789123456789",
    "112233445566",
    "LeaveMeAlone",
    "1q2w3e4r5t6y7u8i9o0p",
]
OURS = [
    "prevent-channel",
    "Prevent2026!!",
    "channelpanel1",
    "policepolice!",
    "PreventPolice99",
    "pr3v3nt-p0l1c3",
    "ch@nnel-p@nel-1",
    "Testshire2026",
    "testshire-prevent",
    "Test-Police-2026",
    "prevent12345678",  # what is left is common itself
    "preventpassword1",
    "safeguarding!!",
    "council-council",
    "referral-2026",
    "vulnerability1",
    "Constabulary-1",
    "casework-12",
    "management2026",
    "terrorism2026",
]
OWN = [
    "officer-invented",
    "Officer2026!!",
    "invented.officer",
    "officer@test.example",
    "OFFICEROFFICER",
    "0ff1cer-2026",
    "example-officer",
    "inventedinvented",
]


def refused(password, user=None):
    try:
        validate_password(password, user)
    except ValidationError as error:
        return error.error_list
    return []


@pytest.fixture
def officer():
    """Somebody of Testshire, as far as a password needs to know."""
    Area.objects.create(code="TST", slug="test", name="Testshire")
    return User(name="Officer Invented", email="officer@test.example")


@pytest.mark.parametrize("password", TAKEN)
def test_taken(officer, password):
    assert not refused(password, officer)


@pytest.mark.parametrize("password", [*SHORT, *COMMON, *OURS, *OWN])
def test_refused(officer, password):
    assert refused(password, officer)


@pytest.mark.parametrize("password", OURS)
def test_words_of_ours_are_refused_to_everybody(officer, password):
    assert refused(password)


def test_the_names_of_areas_are_words_of_ours_from_the_day_they_join(world):
    assert not refused("otherland-2026")
    area = world.area
    area.pk, area.code, area.slug, area.name = None, "OLD", "otherland", "Otherland"
    area.save()
    assert refused("otherland-2026")


def test_each_validator_says_in_words_what_it_wants():
    assert all(validator.get_help_text() for validator in get_default_password_validators())


def test_passwords_are_kept_as_argon2id(settings):
    settings.PASSWORD_HASHERS = sign_in_settings.PASSWORD_HASHERS
    kept = make_password("three random words")
    assert kept.startswith("argon2$argon2id$")


def test_the_form_trims_nothing_and_wants_no_kinds_of_characters(client, world):
    new = "  blanks at both ends  "
    give_password(client, world.officer)
    answer = {"oldpassword": "test-Prevent-2026", "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", answer).status_code == 302
    assert User.objects.get(pk=world.officer.pk).check_password(new)


def test_the_form_says_why_and_lets_passwords_be_pasted(client, world):
    give_password(client, world.officer)
    new = "Prevent-Police-2026"
    answer = {"oldpassword": "test-Prevent-2026", "password1": new, "password2": new}
    body = client.post("/accounts/password/change/", answer).content.decode()
    assert "too easy to guess" in body
    assert "maxlength" not in body
    assert "onpaste" not in body
    assert new not in body
