"""Safeguarding notices: one agency reads a text and answers it, and opens nothing of the case."""

import datetime

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts import grants
from accounts.actions import people as membership
from accounts.middleware import identity_of
from accounts.roles import Role
from channel.casework import work as works
from prevent_cms import clock, outbox, wall
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals import access, notices
from referrals.actions import closing, deconfliction, hold, release, restricting
from referrals.actions import notices as acts
from referrals.models import Case, ReceivedNotice, SafeguardingNotice
from tests import people, stages
from tests.access import as_user, expect, steady
from tests.rules.test_urls import address, statuses

TEXT = "Sam Invented, born 1 May 2012, says that he is hit at home. Telephone 01632 960 123."
FORM = {"about": "child", "text": TEXT, "told_by_phone": "The duty desk, at 10am"}
FORM |= {"sensitive": "no"}


def send(case, world, by=None, **changes):
    given = {"agency": world.agency("children"), "about": "child", "text": TEXT, **changes}
    return acts.send_notice(case, **given, by=by or world.officer)


def answer(sent, world, **changes):
    given = {"outcome": "actioned", "answer": "A social worker visits tomorrow.", **changes}
    acts.answer_notice(sent.received, **{"by": world.children, **given})
    sent.refresh_from_db()


def url(case, name="case_notices"):
    return reverse(name, args=[case.reference])


def at(sent):
    return reverse("notice_detail", args=[sent.received.key])


def rows(user, key):
    return [row for one in works.work(user).sections if one.key == key for row in one.rows]


def test_it_is_sent_from_the_page_and_nothing_before_it_is_checked(world):
    case = stages.screened(world)
    browser, form = as_user(world.officer), FORM | {"agency": world.agency("children").pk}
    new = url(case, "case_notice_new")
    empty = browser.get(new).content.decode()
    assert "police working on this case" in empty
    assert "once the case is released" in empty
    assert f'value="{world.agency("children").pk}" selected' in empty, "a child, by the birth date"
    checked = browser.post(new, form).content.decode()
    assert TEXT in checked
    assert "let in to nothing" in checked
    assert not SafeguardingNotice.objects.exists()
    assert browser.post(new, form | {"confirmed": "yes"}).status_code == 302
    sent = SafeguardingNotice.objects.get()
    assert (sent.mark, sent.text, sent.received.text) == ("POLICE", TEXT, TEXT)
    page = browser.get(url(case)).content.decode()
    assert TEXT in page
    assert "The duty desk" in page


def test_who_may(world, elsewhere):
    hidden, case = stages.screened(world), stages.released(world, name="B", born="1990-01-01")
    for name in ("case_notices", "case_notice_new"):
        outside = {world.children: 404, elsewhere.officer: 404, None: 302}
        unknown = {world.lead: 404, world.chair: 404, world.officer: 200}
        expect(url(hidden, name), {**outside, **unknown})
        known = {world.lead: 200, world.chair: 200, world.officer: 200}
        expect(url(case, name), {**outside, **known, world.education: 404})
    expect(url(case, "case_notice_new"), {world.administrator: 403})
    expect(url(case), {world.administrator: 200})
    with pytest.raises(ActionDenied):
        send(case, world, by=world.administrator)


def test_the_action_refuses(world, elsewhere):
    case = stages.screened(world)
    with pytest.raises(ActionInvalid, match="agency of this area"):
        send(case, world, agency=elsewhere.agency("children"))
    with pytest.raises(ActionInvalid, match="agency of this area"):
        send(case, world, agency=world.agency("council"))
    with pytest.raises(ActionInvalid, match="needs to know"):
        send(case, world, text=" ")


@pytest.mark.parametrize("make", [stages.received, stages.cleared])
def test_the_agency_can_open_nothing_of_the_case(world, make):
    """The same answers as before it was told: of pages about the case, and in every list."""
    case = make(world)
    lists = ("case_list", "request_list", "meeting_list")
    before = {name: steady(as_user(world.children).get(reverse(name))) for name in lists}
    sent = send(case, world)
    assert grants.ways_in(world.children, case) == []
    assert not Case.objects.visible_to(world.children).exists()
    for name in ("case_overview", "case_notices", "case_notice_new", "case_timeline", "case_why"):
        asked = address(name, reference=case.reference)
        unknown = address(name, reference="TST-26-000000-X")
        assert statuses(world.children, asked) == statuses(world.children, unknown), name
        assert statuses(world.children, asked)[0] == 404, name
    for name in lists:
        assert steady(as_user(world.children).get(reverse(name))) == before[name], name
    browser = as_user(world.children)
    said = [steady(browser.get(page)) for page in (at(sent), reverse("notice_list"), "/work/")]
    referral = (
        case.reference,
        case.area.code + "-",
        "Callum",
        "Brayford",
        "Screening",
        "Deconfliction",
    )
    for page in said:
        for words in referral:
            assert words not in page, words
        assert world.officer.name not in page
    assert TEXT in said[0]
    with wall.acting_for(identity_of(world.children)), transaction.atomic():
        assert not SafeguardingNotice.objects.filter(mark="POLICE").exists()


def test_only_the_agency_it_was_sent_to_can_open_it(world, elsewhere):
    sent = send(stages.screened(world), world)
    strangers = (world.health, world.lead, world.officer, world.chair, world.provider)
    refused = dict.fromkeys((*strangers, elsewhere.children), 404)
    expect(at(sent), {**refused, world.children: 200, None: 302})
    data = {"outcome": "actioned", "answer": "Done"}
    expect(at(sent), refused, method="post", data=data)
    assert ReceivedNotice.objects.get().answered_at is None
    expect(reverse("notice_list"), {world.officer: 403, world.lead: 403, world.children: 200})
    for person in (*strangers, elsewhere.children):
        with wall.acting_for(identity_of(person)), transaction.atomic():
            assert ReceivedNotice.objects.count() == 0, person
            assert ReceivedNotice.history.count() == 0, person
    with wall.acting_for(identity_of(world.children)), transaction.atomic():
        assert ReceivedNotice.objects.count() == 1
    received = {"agency": world.agency("children"), "text": "x", "due_on": clock.today()}
    with wall.acting_for(identity_of(world.lead)), transaction.atomic():
        with pytest.raises(DatabaseError):
            ReceivedNotice.objects.create(**received)
        transaction.set_rollback(True)


def test_who_has_a_conflict_of_interest_cannot_open_it(world):
    case = stages.released(world)
    other = membership.add(email="o@test.example", name="O Invented", password="x", by=None)
    role = Role.AGENCY_CONTACT
    membership.join(other, agency=world.agency("children"), role=role, by=None)
    first = send(case, world)
    bar = restricting.set_bar(case, user=other, reason="Cousin.", by=world.chair)
    second = send(case, world)
    for sent in (first, second):
        expect(at(sent), {other: 404, world.children: 200})
        with wall.acting_for(identity_of(other)), transaction.atomic():
            assert ReceivedNotice.objects.count() == 0
        with pytest.raises(ActionDenied):
            answer(sent, world, by=other)
    restricting.lift_bar(bar, reason="It was another.", by=world.chair)
    expect(at(first), {other: 200})


@pytest.mark.parametrize("make", [stages.received, stages.screened, stages.released, stages.begun])
def test_nothing_holds_it_up(world, make):
    case = make(world)
    if case.status != "RECEIVED":
        hold.hold(case, reason="A live inquiry.", by=world.officer)
    sent = send(case, world)
    assert sent.mark == "POLICE"
    answer(sent, world)
    assert sent.outcome == "actioned"
    leaving = stages.leaving(handed_over_on=clock.today())
    closing.close_case(case, outcome="police_led", reason="w", leaving=leaving, by=world.officer)
    send(case, world)


def test_who_reads_what_is_sent(world):
    case = stages.cleared(world)
    early = send(case, world)
    assert early.mark == "POLICE"
    released = release.release(
        case,
        agencies=[],
        due_on=clock.today(),
        question="",
        grounds=stages.grounds(),
        by=world.officer,
    )
    early.refresh_from_db()
    assert early.mark == "COORDINATION", "its coordinators read it from the release on"
    assert send(released, world).mark == "COORDINATION"
    systems = {"systems": ["pnc"], "reason": "See the record.", "by": world.officer}
    deconfliction.deconflict(released, outcome="conflict", **systems)
    released.refresh_from_db()
    before = steady(as_user(world.lead).get(url(released)))
    held = send(released, world)
    assert held.mark == "POLICE"
    answer(held, world)
    assert steady(as_user(world.lead).get(url(released))) == before, "a hold tells nobody"
    assert "Its coordinators too" not in notices.who_reads(released, is_police=True).text
    theirs = send(released, world, by=world.lead)
    assert theirs.mark == "COORDINATION", "who knows of no hold sends as ever"
    assert TEXT in as_user(world.lead).get(url(released)).content.decode()
    expect(
        reverse("case_notice_read", args=[released.reference, held.pk]),
        {world.lead: 404},
        method="post",
    )


def test_the_answer_comes_back(world):
    case = stages.released(world)
    sent = send(case, world)
    browser, page = as_user(world.children), at(sent)
    assert browser.post(page, {}).status_code == 200
    found = "His brother has material about weapons."
    done = browser.post(page, {"outcome": "prevent", "answer": found})
    assert done.status_code == 302
    assert found in browser.get(page).content.decode()
    assert browser.post(page, {"outcome": "actioned", "answer": "Again"}).status_code == 409
    sent.refresh_from_db()
    assert (sent.outcome, sent.answer, sent.read_at) == ("prevent", found, None)
    assert found in as_user(world.officer).get(url(case)).content.decode()
    assert found in as_user(world.lead).get(url(case)).content.decode()
    own = Event.objects.get(type=EventType.NOTICE_ANSWERED)
    assert (own.case_reference, own.actor, own.details) == ("", world.children, {})
    back = Event.objects.get(type=EventType.NOTICE_OUTCOME)
    assert (back.case_reference, back.actor) == (case.reference, None)
    read = reverse("case_notice_read", args=[case.reference, sent.pk])
    assert as_user(world.officer).post(read).status_code == 302
    assert as_user(world.officer).post(read).status_code == 409
    sent.refresh_from_db()
    assert sent.read_by == world.officer
    with pytest.raises(ActionDenied):
        acts.read_answer(sent, by=world.administrator)


@pytest.mark.parametrize("given", [{"answer": " "}, {"outcome": "else"}])
def test_an_answer_says_what_was_done(world, given):
    sent = send(stages.released(world), world)
    with pytest.raises(ActionInvalid, match="what was done"):
        answer(sent, world, **given)
    with pytest.raises(ActionDenied):
        answer(sent, world, by=world.health)


def test_my_work_on_both_sides(world):
    case = stages.screened(world)
    late = clock.now() - datetime.timedelta(days=14)
    with clock.at(late):
        sent = send(case, world)
    (asked,) = rows(world.children, "notices")
    assert (asked.case, asked.url) == (None, at(sent))
    assert "overdue" in asked.late
    assert not rows(world.health, "notices")
    page = as_user(world.children).get("/work/").content.decode()
    assert f'href="{at(sent)}"' in page
    assert "overdue" in page
    for user in (world.officer, world.supervisor):
        (waits,) = rows(user, "notices_sent")
        assert (waits.case, bool(waits.late)) == (case, True)
    assert not rows(world.lead, "notices_sent")
    assert "Overdue" in as_user(world.officer).get(url(case)).content.decode()
    assert "Overdue" in as_user(world.children).get(reverse("notice_list")).content.decode()
    assert "overdue" in as_user(world.children).get(at(sent)).content.decode()
    answer(sent, world)
    assert not rows(world.children, "notices")
    (back,) = rows(world.officer, "notices_sent")
    assert (back.what, back.due_on) == ("Read the answer", None)
    acts.read_answer(sent, by=world.officer)
    assert not rows(world.officer, "notices_sent")


def test_who_sent_it_outside_police_waits_for_the_answer(world):
    send(stages.released(world), world, by=world.lead)
    assert rows(world.lead, "notices_sent")
    assert not rows(world.chair, "notices_sent")
    assert rows(world.officer, "notices_sent")


def test_the_mails_say_nothing(world):
    case = stages.screened(world)
    sent = send(case, world)
    outbox.drain()
    (told,) = [one for one in mail.outbox if "children@" in one.to[0]]
    answer(sent, world)
    outbox.drain()
    back = mail.outbox[-1]
    assert back.to == [world.agency("police").mailbox]
    for message in (told, back):
        said = message.subject + message.body
        for words in ("Sam", "Callum", "hit at home", "Prevent", case.reference, "referr"):
            assert words not in said
    assert at(sent) in told.body


def test_no_mail_for_what_is_answered_or_has_no_mailbox(world):
    case = stages.screened(world)
    sent = send(case, world)
    answer(sent, world)
    for key in ("children", "police"):
        agency = world.agency(key)
        agency.mailbox = ""
        agency.save()
    send(case, world)
    mail.outbox.clear()
    outbox.drain()
    assert not [one for one in mail.outbox if "notice" in one.subject.lower()]


def test_by_the_age_boundary(world):
    policy = {"adult_notice_to": {"value": "health", "source": "default"}}
    place = people.build(code="AGE", slug="age", policy=policy)

    def about(**answers):
        reader = access.Reader(place.officer, stages.screened(place, **answers))
        found = notices.about_for(reader)
        agency = notices.agency_for(reader.case, found)
        return found, agency.key if agency else ""

    grown = clock.add_months(clock.today(), -12 * 18)
    assert about(born=grown.isoformat()) == ("adult", "health")
    day = (grown + datetime.timedelta(days=1)).isoformat()
    assert about(name="Second", born=day) == ("child", "children")
    told = {"age_basis": "age", "born": "", "age": 40}
    assert about(name="Third", **told) == ("adult", "health")
    unknown = {"age_basis": "not_known", "born": ""}
    assert about(name="Fourth", **unknown) == ("", "")


def test_older_notices_stand_on_the_next_page(world, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(notices, "PAGE", 2)
    case = stages.screened(world)
    for number in range(3):
        send(case, world, text=f"Text {number}")
    first = notices.page_for_agency(world.children)
    second = notices.page_for_agency(world.children, first.older)
    assert [one.text for one in [*first.rows, *second.rows]] == ["Text 2", "Text 1", "Text 0"]
    assert (len(first.rows), second.older) == (2, "")
    assert notices.page_for_agency(world.children, "nonsense").rows == first.rows
    here = reverse("notice_list")
    browser = as_user(world.children)
    with django_assert_max_num_queries(12):
        page = browser.get(here).content.decode()
    assert f"{here}?before={first.older}" in page


def test_an_agency_that_has_the_case_learns_of_no_other_agencys_notice(world):
    case = stages.released(world)
    before = as_user(world.health).get(f"/cases/{case.reference}/timeline/")
    send(case, world)
    after = as_user(world.health).get(f"/cases/{case.reference}/timeline/")
    assert steady(before) == steady(after)
    assert url(case) not in as_user(world.health).get(f"/cases/{case.reference}/").content.decode()
    assert (
        url(case) in as_user(world.lead).get(f"/cases/{case.reference}/sharing/").content.decode()
    )
