"""An answer that a colleague writes and the contact countersigns; the draft is the agency's own."""

import pytest
from django.urls import reverse

from accounts.actions import people as accounts_people
from accounts.roles import Role
from channel.casework.work import work
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.marking import Mark
from referrals import answers, information
from referrals.access import Reader
from referrals.actions import answers as acts
from referrals.models import InformationRequest, InformationReturn, ReturnDraft
from referrals.timeline import timeline
from tests import stages
from tests.access import as_user, expect, seen

PARTS = {
    "known": {"known": "yes", "systems_searched": "Files", "involvement": "Since June."},
    "support": {"support_in_place": "Weekly visits."},
    "risk": {"vulnerability": "Alone online.", "protective": "His aunt."},
    "trust": {"trust": "His aunt."},
    "power": {"power": "Children Act 2004, s.11"},
}


@pytest.fixture
def colleague(world):
    return add(world, "colleague", Role.AGENCY_COLLEAGUE)


def add(world, name, role, agency="children"):
    found = accounts_people.add(
        email=f"{name}@test.example", name=f"{name.title()} Invented", password=None, by=None
    )
    accounts_people.join(found, agency=world.agency(agency), role=role, by=None)
    return found


@pytest.fixture
def asked(world):
    return InformationRequest.objects.get(
        case=stages.released(world), agency=world.agency("children")
    )


def url_of(request, name="request_answer", *more):
    return reverse(name, args=[request.pk, *more])


def rows(user, key):
    return next(one.rows for one in work(user).sections if one.key == key)


def write(browser, asked):
    for slug, told in PARTS.items():
        url = url_of(asked, "request_part", slug)
        assert browser.post(url, told | seen(browser, url)).status_code == 302


def test_a_colleague_writes_and_the_contact_countersigns(world, asked, colleague):
    contact, writer = as_user(world.children), as_user(colleague)
    note = {"to": colleague.pk, "note": "You know the family."}
    assert (
        "Select who writes it" in contact.post(url_of(asked, "request_pass"), {}).content.decode()
    )
    assert contact.post(url_of(asked, "request_pass"), note).status_code == 302
    assert "has it since" in contact.get(url_of(asked, "request_pass")).content.decode()
    (row,) = rows(colleague, "passed")
    assert row.url == url_of(asked)
    page = writer.get(url_of(asked)).content.decode()
    for words in ("You know the family.", "Callum Brayford", "known to your agency"):
        assert words in page
    write(writer, asked)
    check = url_of(asked, "request_check")
    assert "Hand back to be countersigned" in writer.get(check).content.decode()
    with pytest.raises(ActionInvalid, match="has not finished"):
        acts.send_answer(asked, by=world.children)
    assert writer.post(check).url == reverse("work")
    assert rows(colleague, "passed") == []
    assert writer.post(check).status_code == 409, "handed back once"
    page = url_of(asked, "request_part", "trust")
    assert writer.post(page, {"trust": "Nobody."} | seen(writer, page)).status_code == 409
    (row,) = rows(world.children, "countersign")
    assert row.url == check
    assert "Countersign and send" in contact.get(check).content.decode()
    assert contact.post(check).status_code == 302
    sent = InformationReturn.objects.get()
    assert (sent.by, sent.written_by) == (world.children, colleague)
    read = as_user(world.officer).get(reverse("case_return", args=[asked.case.reference, asked.pk]))
    assert "Colleague Invented" in read.content.decode()
    assert writer.get(url_of(asked)).status_code == 404, "nothing is with them any more"


def test_what_was_not_passed_does_not_exist_for_a_colleague(world, asked, colleague):
    case = asked.case
    for name in ("request_detail", "request_answer", "request_nil", "request_pass"):
        expect(url_of(asked, name), {colleague: 404})
    acts.pass_on(asked, to=colleague, note="", by=world.children)
    expect(url_of(asked), {colleague: 200, world.health: 404, world.officer: 403})
    for name in ("request_detail", "request_nil", "request_pass"):
        expect(url_of(asked, name), {colleague: 404})
    for name in ("case_overview", "case_timeline"):
        expect(reverse(name, args=[case.reference]), {colleague: 404})
    expect(reverse("case_list"), {colleague: 403})
    other = stages.released(world, name="Person two")
    theirs = InformationRequest.objects.get(case=other, agency=world.agency("children"))
    expect(url_of(theirs), {colleague: 404})


def test_it_is_the_agencys_own(world, asked, colleague):
    acts.pass_on(asked, to=colleague, note="Between us.", by=world.children)
    for name, user in world.users.items():
        assert ReturnDraft.objects.visible_to(user).exists() == (name == "children"), name
        told = [one.title for one in timeline(Reader(user, asked.case), 50)]
        assert ("Answer passed to a colleague" in told) == (name == "children"), name
    assert Event.objects.get(type="information.passed").mark == Mark.AGENCY


def test_the_log_tells_no_screen_of_an_answer_from_another(world, asked, colleague):
    contact = as_user(world.children)
    contact.get(url_of(asked, "request_pass"))
    contact.get(url_of(asked, "request_part", "known"))
    acts.pass_on(asked, to=colleague, note="", by=world.children)
    write(as_user(colleague), asked)
    contact.get(url_of(asked, "request_check"))
    looks = Event.objects.filter(type="case.viewed", case_reference=asked.case.reference)
    assert looks.count() > len(PARTS) + 2
    assert set(looks.values_list("details__page", flat=True)) == {"answer"}


def test_taking_it_back(world, asked, colleague):
    contact = as_user(world.children)
    with pytest.raises(ActionInvalid, match="with nobody else"):
        acts.take_back(asked, by=world.children)
    acts.pass_on(asked, to=colleague, note="", by=world.children)
    for _ in range(2):
        with pytest.raises(ActionInvalid, match="Choose a colleague"):
            acts.pass_on(asked, to=colleague, note="", by=world.children)
    write(as_user(colleague), asked)
    assert contact.post(url_of(asked, "request_pass"), {"back": "yes"}).url == url_of(asked)
    expect(url_of(asked), {colleague: 404})
    assert answers.draft_of(world.children, asked).trust == "His aunt.", "what was written stays"
    assert acts.send_answer(asked, by=world.children).written_by is None
    for act in (acts.take_back, acts.hand_back):
        with pytest.raises((ActionInvalid, ActionDenied)):
            act(asked, by=world.children)


def test_who_can_be_asked_to_write(world, asked, colleague):
    second = add(world, "second", Role.AGENCY_CONTACT)
    add(world, "member", Role.PANEL_MEMBER)
    add(world, "elsewhere", Role.AGENCY_COLLEAGUE, agency="health")
    assert list(information.colleagues(world.children, asked)) == [colleague, second]
    acts.pass_on(asked, to=second, note="", by=world.children)
    with pytest.raises(ActionDenied):
        acts.hand_back(asked, by=world.children)
    with pytest.raises(ActionInvalid, match="every part"):
        acts.hand_back(asked, by=second)
    write(as_user(second), asked)
    with pytest.raises(ActionInvalid, match="Somebody else countersigns"):
        acts.send_answer(asked, by=second)
    alone = as_user(world.health).get(
        url_of(InformationRequest.objects.get(agency__key="health"), "request_pass")
    )
    assert "Elsewhere Invented" in alone.content.decode()
