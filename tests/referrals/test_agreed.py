"""Sharing where no agreement is in force: asked for a reason on every form, and never stopped (R103)."""

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.agreements.models import Agreement
from channel.meetings.actions.agenda import issue_agenda
from prevent_cms import clock
from prevent_cms.components.text import gov_date
from prevent_cms.errors import ActionInvalid
from prevent_cms.history.models import Event
from referrals.actions import agreed, one_time, sharing
from referrals.models import Disclosure, Referral
from tests import stages
from tests.access import as_user
from tests.referrals.test_release import answers

WHY = "The new agreement is with both bodies for signing."
WANTED = "Enter why you share with {} without an agreement in force"
ASKED = "Why you share without an agreement in force"
CONFIRMED = {"confirmed": "yes", "sensitive": "no"}


def url(case, name, *more):
    return reverse(name, args=[case.reference, *more])


def needed(world, value="always"):
    world.area.policy["agreement_needed"] = {"value": value, "source": "seed"}
    world.area.save()


def a_share(world, key="health", **changes):
    share = {"agency": world.agency(key).pk, "kind": "panel", "what": "Panel papers"}
    return share | CONFIRMED | stages.grounds_form() | changes


def test_nothing_is_asked_where_no_agreement_has_lapsed(world):
    """An area that keeps none, and one whose agreement with the agency is in force."""
    case = stages.released(world, agencies=("children",))
    here, officer = url(case, "case_share"), as_user(world.officer)
    assert ASKED not in officer.get(here).content.decode()
    stages.agreement(world, ("police", "health"), signed=10)
    stages.agreement(world, ("police", "health"), signed=500)
    assert ASKED not in officer.get(here).content.decode(), "a newer one is in force"
    done = a_share(world, without_agreement="Typed by hand")
    assert officer.post(here, done).status_code == 302
    entry = Disclosure.objects.get(case=case, kind="panel")
    assert (entry.agreement, entry.without_agreement) == ("", "")


def test_a_lapsed_agreement_asks_why_and_the_register_shows_it(world):
    case = stages.released(world, agencies=("children",))
    stages.agreement(world, ("police", "health"), signed=400)
    here, officer = url(case, "case_share"), as_user(world.officer)
    form = officer.get(here).content.decode()
    assert ASKED in form
    last = gov_date(Agreement.objects.get().renews_on)
    assert f"Testshire health: lapsed: it was to be renewed by {last}." in form
    refused = officer.post(here, a_share(world)).content.decode()
    assert WANTED.format("Testshire health") in refused
    assert "Panel papers" in refused, "what was typed is kept"
    checked = a_share(world, without_agreement=WHY)
    del checked["confirmed"]
    assert WHY in officer.post(here, checked).content.decode()
    assert officer.post(here, a_share(world, without_agreement=WHY)).status_code == 302
    page = as_user(world.chair).get(url(case, "case_register")).content.decode()
    assert WHY in page
    assert "Lapsed: it was to be renewed by" in page
    told = Event.objects.filter(type="case.shared").latest("pk")
    assert told.details["agreement"] == "lacking"
    assert WHY not in str(told.details)
    audited = as_user(world.police_auditor).get("/audit/register/").content.decode()
    assert audited.count("No agreement in force") == 1
    other = a_share(world, "education")
    assert officer.post(here, other).status_code == 302, "one that has none is asked nothing here"


def test_where_agreements_are_needed_none_asks_as_well(world):
    case = stages.released(world, agencies=("children",))
    needed(world)
    here, officer = url(case, "case_share"), as_user(world.officer)
    assert (
        WANTED.format("Testshire education")
        in officer.post(here, a_share(world, "education")).content.decode()
    )
    officer.post(here, a_share(world, "education", without_agreement=WHY))
    entry = Disclosure.objects.get(case=case, kind="panel")
    assert (entry.agreement, entry.without_agreement) == ("None with this agency", WHY)


def test_the_action_asks_too_by_whatever_way_it_is_reached(world):
    case = stages.released(world, agencies=("children",))
    needed(world)
    share = sharing.Share(world.agency("health"), "panel", "Papers", stages.grounds())
    with pytest.raises(ActionInvalid, match="Testshire health without an agreement in force"):
        sharing.let_in(case, share, by=world.officer)
    reason = stages.grounds(without_agreement=WHY)
    share = sharing.Share(world.agency("health"), "panel", "Papers", reason)
    sharing.let_in(case, share, by=world.officer)
    assert Disclosure.objects.get(case=case, kind="panel").without_agreement == WHY


def test_a_release_asks_for_the_council_and_the_agencies(world):
    case = stages.cleared(world)
    needed(world)
    stages.agreement(world, ("police", "council", "children"), signed=5)
    here, officer = url(case, "case_release"), as_user(world.officer)
    given = answers(world, confirmed="yes")
    assert WANTED.format("Testshire health") in officer.post(here, given).content.decode()
    assert officer.post(here, given | {"without_agreement": WHY}).status_code == 302
    found = Disclosure.objects.filter(case=case).values_list("agency__key", "without_agreement")
    assert dict(found) == {"council": "", "children": "", "health": WHY}


def test_what_is_urgent_is_asked_and_never_stopped(world):
    """The form says that it can be left empty, and the register that it was."""
    case = stages.cleared(world, danger="yes")
    needed(world)
    officer, here = as_user(world.officer), url(case, "case_release")
    assert (
        "The referral is urgent, so you can leave this empty." in officer.get(here).content.decode()
    )
    call = {"called": "Duty lead, council", "said": "They know.", "called_at": "2:30pm"}
    today = {f"called_on_{part}": getattr(clock.today(), part) for part in ("day", "month", "year")}
    posted = answers(world, confirmed="yes") | call | today
    assert officer.post(here, posted).status_code == 302
    found = Disclosure.objects.filter(case=case).values_list("without_agreement", flat=True)
    assert set(found) == {agreed.URGENT}
    assert agreed.URGENT in as_user(world.lead).get(url(case, "case_register")).content.decode()


def test_nobody_learns_from_it_that_a_referral_waits(world):
    """Outside police an urgent referral that only police can see lets nobody leave the reason out."""
    case = stages.released(world, agencies=("children",))
    with transaction.atomic():
        hidden = Referral.objects.get(case=case)
        hidden.mark, hidden.is_urgent = "POLICE", True
        hidden.save()
    assert not agreed.is_urgent(case, world.officer), "the register is read by others"
    assert not agreed.is_urgent(case, world.lead)


def test_asking_another_agency_asks_for_it(world):
    case = stages.released(world, agencies=("children",))
    needed(world)
    officer, here = as_user(world.officer), url(case, "case_request_more")
    given = answers(world, agencies=("health",), confirmed="yes")
    assert WANTED.format("Testshire health") in officer.post(here, given).content.decode()
    assert officer.post(here, given | {"without_agreement": WHY}).status_code == 302
    assert Disclosure.objects.get(case=case, agency__key="health").without_agreement == WHY


def test_an_agenda_asks_before_it_shares_its_cases(world):
    case, meeting = stages.at_panel(world), stages.planned(world)
    chair, here = as_user(world.chair), reverse("meeting_issue", args=[meeting.pk])
    assert ASKED not in chair.get(here).content.decode()
    needed(world)
    assert ASKED in chair.get(here).content.decode()
    assert "without an agreement in force" in chair.post(here, {}).content.decode()
    with pytest.raises(ActionInvalid, match="without an agreement in force"):
        issue_agenda(meeting, by=world.chair)
    assert chair.post(here, {"without_agreement": WHY}).status_code == 302
    shared = Disclosure.objects.filter(case=case, kind="panel")
    assert {one.without_agreement for one in shared} == {WHY}


def test_an_item_of_a_plan_asks_before_it_lets_its_agency_in(world):
    case = stages.supported(world)
    stages.consented(world, case)
    stages.write_plan(world, case)
    stages.agreement(world, ("police", "provider"), signed=400)
    lead, here = as_user(world.lead), f"/cases/{case.reference}/plan/items/new/"
    page = lead.get(here).content.decode()
    assert ASKED in page
    assert "Testshire Mentoring: lapsed" in page
    draft = stages.item_draft(world)
    said = {
        "need": "new", "new_need": draft.need, "addresses": draft.addresses, "type": draft.type,
        "title": draft.title, "agency": world.agency("provider").pk, "lead_person": "Mentor",
        "measure": draft.measure, "provider_risk": draft.provider_risk,
        "necessity": "It cannot deliver otherwise.", "proportionality": "Its own item only.",
        "intensity": "regular", "whole_family": "no", "supervision": "Monthly, by the council",
    }  # fmt: skip
    for name, day in (("starts_on", draft.starts_on), ("due_on", draft.due_on)):
        said |= {f"{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}
    assert WANTED.format("Testshire Mentoring") in lead.post(here, said).content.decode()
    assert lead.post(here, said | {"without_agreement": WHY}).status_code == 302
    assert Disclosure.objects.get(case=case, kind="deliver").without_agreement == WHY


def test_a_one_time_link_stands_in_the_register_with_its_test(world):
    """R95 to R102 hold for a body without account as for an agency; no agreement is asked for."""
    case = stages.released(world)
    needed(world)
    asked = one_time.Asked("Invented School", "Head", "01632 960 001", stages.working_day(3))
    grounds = stages.grounds(power="Education Act 2002, s.175", without_agreement="left over")
    made = one_time.ask_once(case, asked, grounds=grounds, by=world.officer)
    entry = made.request.disclosure
    assert (entry.recipient, entry.agreement, entry.without_agreement) == (
        "Invented School",
        "",
        "",
    )
    chair = as_user(world.chair)
    page = chair.get(url(case, "case_register")).content.decode()
    for words in ("Invented School: by a one-time link", "Education Act 2002, s.175"):
        assert words in page, words
    correct = url(case, "case_register_correct", entry.pk)
    assert "Invented School" in as_user(world.officer).get(correct).content.decode()
    sharing.correct_entry(entry, "It was the head of year.", by=world.officer)
    one_time.end_link(made.request, by=world.officer)
    page = chair.get(url(case, "case_register")).content.decode()
    assert "It was the head of year." in page
    assert one_time.ENDED in page
    text = as_user(world.police_auditor).get("/audit/register/").content.decode()
    assert "One answer by a one-time link" in text
    assert "A body without account" in text
    assert "Invented School" not in text


def test_a_case_that_moves_is_not_stopped(world, elsewhere):
    """Both chairs have agreed, and the register says that no agreement was in force there."""
    needed(elsewhere)
    stages.transferred(world, elsewhere)
    entry = Disclosure.objects.get(agency=elsewhere.agency("council"))
    assert entry.agreement == "None with this agency"
    assert "Both chairs agreed" in entry.without_agreement
