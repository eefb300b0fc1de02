"""What is not for somebody is a number: on the agenda, in the minutes, in the bytes of the PDF."""

import datetime
import io

import pikepdf
import pypdf
import pytest
from django.urls import reverse

from channel.meetings import queries
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.actions.minutes import approve_minutes
from channel.meetings.models import AgendaItem
from channel.meetings.room import Room
from channel.meetings.summary import summary
from prevent_cms import clock
from referrals.actions import restricting, sharing
from referrals.models import Bar
from tests import stages
from tests.access import as_user


def url(name, meeting):
    return reverse(name, args=[meeting.pk])


@pytest.fixture
def sealed(world):
    """Three cases, one of them to leave; one barred to children's services, two restricted."""
    barred, restricted = (stages.at_panel(world, name=name) for name in ("Ann Q", "Bob Q"))
    leaving = stages.exit_decided(world, name="Cyril Quux")
    day = datetime.timedelta(days=31)
    with clock.at(clock.now() + day):
        restricting.set_bar(barred, user=world.children, reason="r", by=world.supervisor)
        meeting = stages.in_session(world)
        named = [world.chair, world.administrator]
        for case in (restricted, leaving):
            restricting.restrict_case(case, people=named, reason="r", by=world.supervisor)
        for item in meeting.items.all():
            stages.decide(world, item, "defer", rationale=f"CANARY {item.number}")
        close_meeting(meeting, by=world.chair)
        approve_minutes(meeting, by=world.chair)
        meeting.refresh_from_db()
        yield meeting, barred, restricted, leaving


def test_page_minutes_and_pdf_agree(world, sealed):
    meeting, *cases = sealed
    hidden = {world.children: cases, world.education: cases[1:], world.chair: []}
    for user, out in hidden.items():
        browser = as_user(user)
        read = {
            name: browser.get(url(name, meeting)).content
            for name in ("meeting", "minutes", "minutes_pdf")
        }
        parts = [*read.values(), *unpacked(read["minutes_pdf"])]
        for case in cases:
            number = meeting.items.get(case=case).number
            found = [case.reference.encode() in part for part in parts]
            said = [f"CANARY {number}".encode() in part for part in parts]
            assert any(found) is (case not in out), (user, case.reference)
            assert any(said) is (case not in out), (user, number)
        for name in ("meeting", "minutes"):
            assert read[name].count(b"Restricted item<") == len(out), (user, name)
        assert text_of(read["minutes_pdf"]).count(". Restricted item\n") == len(out)


def test_nothing_but_the_number_is_told(world, sealed):
    """No page draws a heading over it; who reads others around it may infer one (docs/adr/0008)."""
    meeting, *_ = sealed
    for name in ("meeting", "minutes"):
        page = as_user(world.children).get(url(name, meeting)).content.decode()
        main = page.split("<main")[1].split("</main")[0]
        assert "Not open to you" in main
        for group in AgendaItem.Group:
            assert group.label not in main, (name, group)
    numbers = {line.number for line in queries.agenda(world.children, meeting)}
    assert numbers == set(meeting.items.values_list("number", flat=True))
    lines = queries.agenda(world.children, meeting)
    assert lines == [queries.Line(number) for number in sorted(numbers)]


def test_everybody_counts_the_same_items(world, sealed):
    meeting, *_ = sealed
    for user in (world.officer, world.chair, world.children, world.education, world.lead):
        found = summary(Room(meeting), queries.agenda(user, meeting))
        assert sum(number for _, number in found.counts) == 3, user


def test_being_named_or_let_in_again_bites_on_the_next_request(world, sealed):
    meeting, barred, *_ = sealed
    browser = as_user(world.children)
    assert barred.reference.encode() not in browser.get(url("minutes", meeting)).content
    bar = Bar.objects.get(case=barred)
    restricting.lift_bar(bar, reason="r", by=world.supervisor)
    assert barred.reference.encode() in browser.get(url("minutes", meeting)).content
    restricting.set_bar(barred, user=world.children, reason="r", by=world.supervisor)
    for name in ("minutes", "meeting"):
        assert barred.reference.encode() not in browser.get(url(name, meeting)).content
    pdf = browser.get(url("minutes_pdf", meeting)).content
    assert all(barred.reference.encode() not in part for part in unpacked(pdf))


def test_stopping_a_share_bites_in_an_open_session_and_in_a_download(world, sealed):
    meeting, case, *_ = sealed
    browser, reference = as_user(world.education), case.reference.encode()
    pages = [case.get_absolute_url(), reverse("case_panel", args=[case.reference])]
    assert all(browser.get(page).status_code == 200 for page in pages)
    assert any(
        reference in part for part in unpacked(browser.get(url("minutes_pdf", meeting)).content)
    )
    sharing.unshare_case(
        case, agency=world.agency("education"), kind="panel", reason="r", by=world.officer
    )
    assert all(browser.get(page).status_code == 404 for page in pages)
    document = browser.get(url("minutes_pdf", meeting)).content
    assert all(reference not in part for part in unpacked(document))
    assert text_of(document).count(". Restricted item\n") == 3


def unpacked(document):
    """Every stream and value of a PDF, in the clear."""
    with pikepdf.open(io.BytesIO(document)) as opened:
        for thing in opened.objects:
            is_stream = isinstance(thing, pikepdf.Stream)
            yield thing.read_bytes() if is_stream else repr(thing).encode()
    yield text_of(document).encode()


def text_of(document):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages)
