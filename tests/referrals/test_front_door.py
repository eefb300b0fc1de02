"""Who receives a concern first, by the area's front door; and what a desk outside police keeps."""

import uuid

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from prevent_cms import outbox
from prevent_cms.components.text import gov_datetime
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals import front_door
from referrals.actions import intake
from referrals.front_door import Through
from referrals.models import Forwarded, ReceivedNotice, Referral, SafeguardingNotice
from tests import people, stages
from tests.access import as_user
from tests.referrals import intake_steps
from tests.referrals.answers import answers

pytestmark = pytest.mark.django_db


def area(front_door, **more):
    """Testshire with this front door; children's services take children and health takes adults."""
    values = {"front_door": front_door, "child_notice_to": "children", "adult_notice_to": "health"}
    policy = {key: {"value": value, "source": "seed"} for key, value in (values | more).items()}
    return people.build(code="FRD", slug="frd", policy=policy)


def send(world, through=None, **changes):
    return intake.submit(
        area=world.area,
        form_key=uuid.uuid4(),
        answers=answers(**changes),
        form_version="2026-1",
        through=through,
    )


@pytest.mark.parametrize(
    ("changes", "key", "about"),
    [
        ({"born": "2015-01-01", "threats": ""}, "children", "child"),
        ({"born": "1980-01-01", "threats": ""}, "health", "adult"),
        ({"age_basis": "age", "born": "", "age": "12", "threats": ""}, "children", "child"),
    ],
)
def test_a_safeguarding_front_door_receives_the_concern_at_once(changes, key, about):
    world = area("safeguarding_front_door")
    referral = send(world, **changes)
    sent = SafeguardingNotice.objects.get(case=referral.case)
    assert (sent.agency.key, sent.about, sent.mark, sent.by) == (key, about, "POLICE", None)
    assert referral.answers["what"] in sent.text
    assert referral.answers["referrer_name"] not in sent.text
    person = world.users[key]
    page = as_user(person).get(reverse("notice_detail", args=[sent.received.key]))
    assert referral.answers["what"] in page.content.decode()
    assert as_user(person).get(referral.case.get_absolute_url()).status_code == 404
    outbox.drain()
    assert any(message.to == [sent.agency.mailbox] for message in mail.outbox)
    told = Event.objects.get(type=EventType.NOTICE_SENT)
    assert (told.mark, told.case_reference) == ("POLICE", referral.case.reference)
    police = as_user(world.officer).get(reverse("case_notices", args=[referral.case.reference]))
    assert "as the referral came in" in police.content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"danger": "yes"},
        {"threats": "He said he would bring a knife."},
        {"age_basis": "unknown", "born": "", "age": "", "threats": ""},
    ],
)
def test_police_come_first_for_danger_and_threats_and_where_no_age_says_whom_to_tell(changes):
    send(area("safeguarding_front_door"), **changes)
    assert not ReceivedNotice.objects.exists()


def test_where_that_service_has_gone_police_alone_are_told():
    world = area("safeguarding_front_door")
    agency = world.agency("children")
    agency.is_active = False
    agency.save()
    send(world, born="2015-01-01", threats="")
    assert not ReceivedNotice.objects.exists()


@pytest.mark.parametrize("door", ["police", "la_forwards"])
def test_other_front_doors_tell_police_alone(door):
    send(area(door), born="2015-01-01", threats="")
    assert not ReceivedNotice.objects.exists()


@pytest.mark.parametrize(
    ("door", "who"),
    [
        ("police", set()),
        ("la_forwards", {"lead", "chair", "deputy", "administrator", "auditor"}),
        (
            "safeguarding_front_door",
            {"lead", "chair", "deputy", "administrator", "auditor", "children", "health"},
        ),
    ],
)
def test_who_works_at_a_desk(door, who, elsewhere):
    world = area(door)
    found = {name for name, one in world.users.items() if front_door.desk_of(one, world.area)}
    assert found == who
    assert front_door.desk_of(elsewhere.lead, world.area) is None
    for name, one in world.users.items():
        code = as_user(one).get(reverse("forwarded")).status_code
        assert code == (200 if name in who else 403), name


def test_a_desk_passes_on_untouched_and_keeps_when_and_its_own_reference():
    world = area("la_forwards")
    client = as_user(world.administrator)
    assert "What you fill in here is recorded as forwarded" in _start(client)
    intake_steps.fill(client, area="frd")
    page = client.get(reverse("refer_check")).content.decode()
    assert "Your own reference for it" in page
    posted = {"form_key": intake_steps.form_key(client), "own_reference": "CST/26/17"}
    assert (
        client.post(reverse("refer_check"), {**posted, "own_reference": "x" * 61}).status_code
        == 200
    )
    assert not Referral.objects.exists()
    client.post(reverse("refer_check"), posted)
    referral = Referral.objects.get()
    assert (referral.came_through.key, referral.desk_reference) == ("council", "CST/26/17")
    listed = as_user(world.lead).get(reverse("forwarded")).content.decode()
    assert "CST/26/17" in listed
    assert "Forwarded" in listed
    for hidden in (referral.reference, referral.case.reference, referral.answers["name"]):
        assert hidden not in listed
    told = Event.objects.get(type=EventType.REFERRAL_FORWARDED)
    assert (told.agency_id, told.case_reference) == (world.agency("council").pk, "")
    assert as_user(world.lead).get(referral.case.get_absolute_url()).status_code == 404
    page = as_user(world.officer).get(reverse("case_referral", args=[referral.case.reference]))
    assert "through Testshire Council, which calls it CST/26/17." in page.content.decode()


def test_nobody_else_sends_for_a_desk(world):
    through = Through(world.agency("council"), world.lead)
    with pytest.raises(ActionInvalid, match="does not receive referrals"):
        send(world, through)
    assert not Forwarded.objects.exists()
    client = as_user(world.lead)
    assert "recorded as forwarded" not in _start(client, "test")
    intake_steps.fill(client)
    assert "Your own reference" not in client.get(reverse("refer_check")).content.decode()


@pytest.mark.parametrize(
    ("door", "words"),
    [
        ("police", "to the police Prevent team first, and to nobody else"),
        ("la_forwards", "What reaches the desk is sent on to them as it is. Nobody takes further"),
        ("safeguarding_front_door", "unless you write of danger, plans or threats"),
    ],
)
def test_the_referrer_is_told_who_receives_it(door, words):
    area(door, front_desk="the desk")
    client = Client()
    assert words in _start(client)
    intake_steps.fill(client, area="frd")
    intake_steps.send(client)
    assert words in _flat(client.get(reverse("refer_sent")))


def test_before_a_word_is_typed_the_form_says_that_social_care_reads_it_too():
    area("safeguarding_front_door")
    client = Client()
    intake_steps.begin(client, "frd")
    intake_steps.send_page(client, "danger", {"danger": "no"})
    both = "police and, unless you write of danger, plans or threats, social care at once."
    slugs = {"concern": 1, "person": 1}
    for slug, count in slugs.items():
        page = _flat(client.get(reverse("refer_page", args=[slug]), follow=True))
        assert page.count(both) >= count, slug


def _start(client, slug="frd"):
    return _flat(client.get(reverse("refer"), {"area": slug}))


def _flat(response):
    return " ".join(response.content.decode().split())


def test_a_referrer_who_stays_anonymous_is_not_told_by_the_desk():
    world = area("la_forwards")
    through = Through(world.agency("council"), world.lead, "CST/26/18")
    case = stages.released(world, through=through, anonymous="yes", anonymous_why="Afraid of him.")
    referral = Referral.objects.get(case=case)
    assert referral.wants_anonymity
    assert not Forwarded.objects.exists()
    minute = gov_datetime(referral.received_at)
    for user, is_told in ((world.officer, True), (world.lead, False), (world.chair, False)):
        for name in ("case_referral", "case_overview"):
            shown = as_user(user).get(reverse(name, args=[case.reference])).content.decode()
            shown = shown.split("<h1")[1].split(">Referred by<")[-1].split("</dl>")[0]
            if name == "case_referral":
                assert ("CST/26/18" in shown) is is_told, user
            assert (minute in shown) is is_told, (name, user)
