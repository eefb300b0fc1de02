"""Who searched for somebody: found by the hash of what is typed, and nothing that was typed is kept."""

import re

import pytest
from django.db import connection

from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from tests import stages
from tests.access import as_user
from tests.audit.test_log_page import page, total

WHY = {"why": "self_monitoring"}
CANARY = "Zephyrine Quatermainx"


@pytest.fixture
def searched(world, settings, tmp_path):
    """Two officers and the lead have searched for different things."""
    settings.AUDIT_HEADS = tmp_path
    as_user(world.officer).post("/cases/", {"name": CANARY})
    as_user(world.supervisor).post("/cases/", {"name": "Somebody Else"})
    as_user(world.lead).post("/cases/", {"name": "zephyrine"})
    return world


def who(text):
    return set(re.findall(r'data-label="Who">(.*?)<', text))


def test_a_hash_finds_who_searched(searched):
    police = as_user(searched.police_auditor)
    text = page(police, "post", term="QUATERMAINX", **WHY)
    assert who(text) == {"Officer Invented"}
    assert who(page(police, "post", term="zephyrine", **WHY)) == {
        "Officer Invented",
        "Lead Invented",
    }
    assert who(page(police, "post", term="quatermainx zephyrine", **WHY)) >= {"Officer Invented"}
    assert who(page(police, "post", term="Quater", **WHY)) == set(), "whole words only"
    assert who(page(police, "post", term="'", **WHY)) == set(), "no word is no answer"
    both = page(police, "post", term="zephyrine", person="lead", **WHY)
    assert who(both) == {"Lead Invented"}


def test_an_auditor_is_told_of_the_own_people_only(searched):
    text = page(as_user(searched.auditor), "post", term="zephyrine", **WHY)
    assert who(text) == {"Lead Invented"}


def test_a_search_under_an_earlier_key_is_found_too(searched, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-newer-key-" * 5
    police = as_user(searched.police_auditor)
    assert who(page(police, "post", term="quatermainx", **WHY)) == {"Officer Invented"}


def test_the_question_is_itself_found_by_its_hash(searched):
    police = as_user(searched.police_auditor)
    page(police, "post", term=CANARY, **WHY)
    text = page(police, "post", term=CANARY, **WHY)
    assert who(text) == {"Officer Invented", "Police_Auditor Invented"}
    asked = Event.objects.filter(type=EventType.SEARCHED, actor=searched.police_auditor).first()
    assert asked.details["why"] == "self_monitoring"


def test_a_search_for_a_reference_is_found(searched):
    case = stages.received(searched)
    as_user(searched.officer).post("/cases/", {"name": case.reference.lower().replace("-", " ")})
    text = page(as_user(searched.police_auditor), "post", term=case.reference, **WHY)
    assert total(text) == 1


def test_a_search_among_the_people_of_the_service_is_found(searched):
    as_user(searched.sysadmin).post("/people/", {"name": "Quatermainx"})
    text = page(as_user(searched.police_auditor), "post", term="quatermainx", **WHY)
    assert who(text) == {"Officer Invented", "Sysadmin Invented"}


def test_no_event_holds_what_anybody_typed(searched):
    """Searches here and there, refused addresses and failed sign-ins."""
    police = as_user(searched.police_auditor)
    page(police, "post", term=CANARY, person=CANARY, **WHY)
    police.post("/audit/export/", {"term": CANARY, **WHY})
    page(police, target=CANARY, reference=CANARY)
    lead = as_user(searched.lead)
    for url in (f"/cases/{CANARY}/", f"/cases/{CANARY.split()[0]}/plan/"):
        assert lead.get(url).status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(e::text, ' ') FROM prevent_cms_event e")
        whole = cursor.fetchone()[0].casefold()
    for word in CANARY.casefold().split():
        assert word not in whole


def test_a_refusal_is_found_by_the_reference_that_was_asked_for(searched):
    case = stages.received(searched)
    as_user(searched.lead).get(f"/cases/{case.reference}/")
    text = page(as_user(searched.auditor), reference=case.reference)
    assert who(text) == {"Lead Invented"}
    assert total(text) == 1
    assert f'href="/audit/?reference={case.reference}"' in text
