"""What lies in the table of sessions: nothing that anybody typed, for whoever has only the table."""

import zlib

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core import signing
from django.urls import reverse

from tests import stages
from tests.access import as_user, prove
from tests.people import PASSWORD
from tests.referrals.intake_steps import begin, send_page

pytestmark = pytest.mark.django_db
CANARY = "Quatermainx"


def lies_there():
    """Every session as it can be unpacked without a key."""
    found = b""
    for row in Session.objects.all():
        packed, _, _ = row.session_data.partition(":")
        content = signing.b64_decode(packed.removeprefix(".").encode())
        found += zlib.decompress(content) if packed.startswith(".") else content
    assert found
    return found


def test_a_referral_that_is_not_sent_yet(client, world):
    begin(client)
    send_page(client, "danger", {"danger": "no"})
    send_page(client, "concern", {"what": f"{CANARY} speaks of war.", "later": "yes"})
    assert CANARY in str(dict(client.session))
    assert CANARY.encode() not in lies_there()


def test_a_form_that_is_kept_while_a_proof_is_renewed(world):
    case = stages.released(world)
    page = reverse("case_restrict", args=[case.reference])
    browser = prove(as_user(world.supervisor), world.supervisor, ago=600)
    way = browser.post(page, {"reason": f"The father is {CANARY}."})["Location"]
    assert CANARY in str(dict(browser.session))
    assert CANARY.encode() not in lies_there()
    again = browser.post(way, {"password": PASSWORD, "next": page})
    assert CANARY in again.content.decode()


def test_a_session_lasts_over_a_change_of_the_key_and_not_longer(world, settings):
    browser = as_user(world.officer)
    settings.SECRET_KEY, earlier = "a-newer-key-" * 5, settings.SECRET_KEY
    settings.SECRET_KEY_FALLBACKS = [earlier]
    assert SESSION_KEY in browser.session
    settings.SECRET_KEY_FALLBACKS = []
    assert SESSION_KEY not in browser.session


def test_a_session_from_before_has_ended(world):
    browser = as_user(world.officer)
    row = Session.objects.get()
    salt = "django.contrib.sessions.SessionStore"
    row.session_data = signing.dumps(dict(browser.session), salt=salt, compress=True)
    row.save()
    answer = browser.get("/cases/")
    assert answer["Location"].startswith(reverse("account_login"))
