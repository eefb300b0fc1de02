"""The Sharing tab: who has the case and why, letting an agency in, and out again."""

import datetime

import pytest
from django.urls import reverse

from accounts.actions import people
from accounts.roles import Role, ShareKind
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from referrals import holders
from referrals.actions import hold, restricting, sharing
from referrals.models import Bar, Disclosure, Restriction
from tests import stages
from tests.access import as_user, expect, prove

REASON = "The agency asked us to stop."


def url(case, name="case_sharing", *args):
    return reverse(name, args=[case.reference, *args])


def page(user, case, name="case_sharing", *args, **query):
    response = as_user(user).get(url(case, name, *args), query)
    assert response.status_code == 200, (user, name)
    return response.content.decode()


def row_of(case, key, kind, world):
    group = world.agency(key).group_id
    return case.shares.get(group_id=group, kind=kind)


def answers(world, **changes):
    """The form for sharing with education for the panel, as it is filled in."""
    return {
        "agency": world.agency("education").pk,
        "kind": "panel",
        "what": "Panel papers",
        **stages.grounds_form(necessity="Nobody else knows the school."),
        "sensitive": "no",
        **changes,
    }


def test_the_page_is_for_coordinators(world, elsewhere):
    case = stages.released(world)
    inside = (world.officer, world.supervisor, world.lead, world.chair, world.administrator)
    outside = (world.children, world.education, world.auditor, elsewhere.officer)
    expect(url(case), {**dict.fromkeys(inside, 200), **dict.fromkeys(outside, 404), None: 302})


def test_it_says_who_has_the_case_why_since_when_and_by_whom(world):
    case = stages.released(world)
    text = page(world.lead, case)
    for words in (
        "Testshire Police",
        "Testshire Council",
        "Coordinating",
        "Testshire health",
        "Answering a request",
        "by Officer Invented",
        "Safeguarding",
        "No end date",
        "register of disclosures",
    ):
        assert words in text, words
    assert "Testshire education" not in text
    for words in ("Stop sharing", "Share with another", "Restrict this case", "Conflicts of"):
        assert words not in text, words


def test_what_can_be_done_follows_from_the_role(world):
    case = stages.released(world)
    officer, chair = page(world.officer, case), page(world.chair, case)
    assert "Stop sharing" in officer
    assert "Share with another agency" in officer
    assert "Restrict this case" not in officer
    assert "Restrict this case" in chair
    assert "Conflicts of interest" in chair
    assert "Stop sharing" not in chair
    assert "/preview/?as=" in officer
    assert "/preview/?as=" not in page(world.lead, case)


def test_before_release_there_is_nothing_to_share(world):
    case = stages.screened(world)
    assert "Share with another agency" not in page(world.officer, case)
    expect(url(case, "case_share"), {world.officer: 409, world.lead: 404})


def test_sharing_shows_what_follows_and_then_shares(world):
    case = stages.released(world)
    here, client = url(case, "case_share"), as_user(world.officer)
    assert client.get(here).status_code == 200
    checked = client.post(here, answers(world)).content.decode()
    for words in (
        "What Testshire education will see",
        "No end date",
        "Panel papers",
        "For the panel",
    ):
        assert words in checked, words
    assert not case.shares.filter(kind="panel").exists()
    assert (
        "Check what follows" not in client.post(here, answers(world, change="yes")).content.decode()
    )
    done = client.post(here, answers(world, confirmed="yes"))
    assert done["Location"] == url(case)
    share = row_of(case, "education", "panel", world)
    assert (share.by, share.until) == (world.officer, None)
    entry = Disclosure.objects.get(case=case, kind="panel")
    assert (entry.what_was_shared, entry.power) == ("Panel papers", entry.agency.power_to_share)
    told = Event.objects.filter(type="case.shared").latest("pk")
    assert "school" not in str(told.details)
    expect(url(case, "case_overview"), {world.education: 200})


def test_a_share_ends_with_its_day(world):
    case = stages.released(world)
    day = clock.today() + datetime.timedelta(days=7)
    until = {"until_day": day.day, "until_month": day.month, "until_year": day.year}
    as_user(world.officer).post(url(case, "case_share"), answers(world, confirmed="yes", **until))
    share = row_of(case, "education", "panel", world)
    assert share.until.date() in (day, day + datetime.timedelta(days=1))
    with clock.at(share.until - datetime.timedelta(minutes=1)):
        expect(url(case, "case_overview"), {world.education: 200})
    with clock.at(share.until):
        expect(url(case, "case_overview"), {world.education: 404})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"necessity": ""}, "Enter why it is necessary"),
        ({"kind": "coordinate"}, "Select one of the answers shown"),
        ({"kind": "respond"}, "Select one of the answers shown"),
        ({"agency": "999999"}, "Select one of the answers shown"),
    ],
)
def test_what_the_form_refuses(world, changes, words):
    case = stages.released(world)
    response = as_user(world.officer).post(url(case, "case_share"), answers(world, **changes))
    assert words in response.content.decode()


def test_nobody_there_could_use_it(world):
    case = stages.released(world)
    given = answers(world, agency=world.agency("provider").pk)
    text = as_user(world.officer).post(url(case, "case_share"), given).content.decode()
    assert "has a role that can use this share" in text


def test_an_agency_without_a_power_needs_one(world):
    case, agency = stages.released(world), world.agency("education")
    agency.power_to_share = ""
    agency.save()
    text = as_user(world.officer).post(url(case, "case_share"), answers(world)).content.decode()
    assert "Enter the legal power for sharing with Testshire education" in text


def test_police_and_the_council_are_not_offered(world):
    offered = set(holders.agencies_to_let_in(stages.released(world)).values_list("key", flat=True))
    assert not offered & {"police", "council"}
    assert {"health", "provider"} <= offered


def test_who_may_share_and_stop(world):
    case = stages.released(world)
    stop = url(case, "case_unshare", row_of(case, "health", "respond", world).pk)
    for here in (url(case, "case_share"), stop):
        wanted = dict.fromkeys((world.lead, world.chair, world.administrator), 403)
        expect(here, {world.officer: 200, **wanted, world.health: 404})


def test_stopping_takes_a_reason_and_bites_at_once(world):
    case = stages.released(world)
    here = url(case, "case_unshare", row_of(case, "health", "respond", world).pk)
    health, officer = as_user(world.health), as_user(world.officer)
    overview = url(case, "case_overview")
    assert health.get(overview).status_code == 200
    assert "Enter why you stop sharing" in officer.post(here, {"reason": ""}).content.decode()
    checked = officer.post(here, {"reason": REASON}).content.decode()
    assert "It can no longer answer what it was asked" in checked
    assert health.get(overview).status_code == 200
    assert officer.post(here, {"reason": REASON, "confirmed": "yes"})["Location"] == url(case)
    assert health.get(overview).status_code == 404
    entry = Disclosure.objects.get(case=case, agency=world.agency("health"))
    assert (entry.ended_why, entry.ended_by) == (REASON, world.officer)
    assert REASON not in str(Event.objects.filter(type="case.unshared").values())
    assert REASON in page(world.chair, case, "case_register")
    assert officer.get(here).status_code == 404


def test_who_coordinates_cannot_be_stopped(world):
    case = stages.released(world)
    for key in ("police", "council"):
        row = row_of(case, key, "coordinate", world)
        expect(url(case, "case_unshare", row.pk), {world.officer: 404})
        with pytest.raises(ActionInvalid):
            sharing.unshare_case(
                case,
                agency=world.agency(key),
                kind=ShareKind.COORDINATE,
                reason="r",
                by=world.officer,
            )
    with pytest.raises(ActionDenied):
        sharing.unshare_case(
            case, agency=world.agency("health"), kind="respond", reason="r", by=world.lead
        )


def test_nothing_is_shared_one_by_one_before_release(world):
    case = stages.cleared(world)
    one = sharing.Share(world.agency("education"), ShareKind.PANEL, "w", stages.grounds())
    with pytest.raises(ActionInvalid):
        sharing.share_case(case, [one], by=world.officer)


# Named people


def restrict(world, case, *named, by=None, confirmed=True):
    given = {"people": [one.pk for one in named], "reason": "A colleague's child."}
    given |= {"confirmed": "yes"} if confirmed else {}
    return as_user(by or world.supervisor).post(url(case, "case_restrict"), given)


def test_restricting_says_what_follows_and_then_restricts(world):
    case = stages.released(world)
    text = restrict(world, case, world.lead, confirmed=False).content.decode()
    assert "Lead Invented, Officer Invented, Supervisor Invented" in text
    assert "On agendas and in minutes they read “Restricted item”" in text
    restrict(world, case, world.lead)
    named = page(world.lead, case)
    assert "Restricted to named people" in named
    assert "A colleague&#x27;s child." in named
    assert named.count("This person only") == 3
    expect(url(case), {world.chair: 404, world.deputy: 404, world.children: 404})
    again = as_user(world.supervisor).get(url(case, "case_restrict")).content.decode()
    assert f'value="{world.lead.pk}" checked' in again
    overview = page(world.lead, case, "case_overview")
    assert "Lead Invented" in overview
    assert "None" not in overview.split("Who has this case")[1].split("</div></div>")[0]


def test_only_those_whose_agency_has_the_case_are_offered(world):
    case = stages.released(world)
    text = as_user(world.supervisor).get(url(case, "case_restrict")).content.decode()
    for person in (world.lead, world.chair, world.children, world.health):
        assert f"{person.name}, {person.seats[0].agency.name}:" in text.replace("&#x27;", "'")
    for person in (world.education, world.provider, world.auditor, world.officer):
        assert f"{person.name}, " not in text.split("</nav>")[-1], person


def test_lifting(world):
    case = stages.released(world)
    lift = url(case, "case_unrestrict")
    expect(lift, {world.chair: 409, world.officer: 403, world.children: 404})
    restrict(world, case, world.chair)
    expect(url(case), {world.lead: 404})
    text = as_user(world.chair).post(lift, {"reason": "No longer needed."}).content.decode()
    assert "Every agency that the case is shared with can open it again" in text
    as_user(world.chair).post(lift, {"reason": "No longer needed.", "confirmed": "yes"})
    expect(url(case), {world.lead: 200})
    kept = Restriction.objects.get(case=case)
    assert (kept.lifted_by, kept.lifted_why) == (world.chair, "No longer needed.")
    assert "No longer" not in str(Event.objects.filter(type="case.unrestricted").values())


def test_before_release_restricting_is_between_police(world):
    case = stages.screened(world)
    text = restrict(world, case, confirmed=False).content.decode()
    assert "Officer Invented, Supervisor Invented" in text
    restrict(world, case)
    text = as_user(world.supervisor).post(url(case, "case_unrestrict"), {"reason": "r"})
    assert "Police of this area can open the case again" in text.content.decode()


def test_stopping_an_agency_takes_its_named_people_along(world):
    case = stages.released(world)
    restricting.restrict_case(case, people=[world.health], reason="r", by=world.supervisor)
    expect(url(case, "case_overview"), {world.health: 200})
    sharing.unshare_case(
        case, agency=world.agency("health"), kind="respond", reason="r", by=world.officer
    )
    expect(url(case, "case_overview"), {world.health: 404})


def test_named_people_follow_the_shares_of_their_agency(world):
    case = stages.released(world)
    restricting.restrict_case(case, people=[world.health], reason="r", by=world.supervisor)
    until = clock.now() + datetime.timedelta(days=30)
    one = sharing.Share(world.agency("health"), ShareKind.PANEL, "w", stages.grounds(), until)
    sharing.let_in(case, one, by=world.officer)
    kinds = dict(case.shares.filter(group=world.health.group).values_list("kind", "until"))
    assert kinds == {"respond": None, "panel": until}
    restricting.lift_restriction(case, reason="r", by=world.supervisor)
    assert not case.shares.filter(group=world.health.group).exists()


def test_the_last_of_several_agencies_counts(world):
    people.join(world.health, agency=world.agency("education"), role=Role.PANEL_MEMBER, by=None)
    case = stages.released(world)
    soon, later = (clock.now() + datetime.timedelta(days=days) for days in (10, 20))
    for key, until in (("health", later), ("education", soon)):
        one = sharing.Share(world.agency(key), ShareKind.PANEL, "w", stages.grounds(), until)
        sharing.let_in(case, one, by=world.officer)
    restricting.restrict_case(case, people=[world.health], reason="r", by=world.supervisor)
    assert case.shares.get(group=world.health.group, kind="panel").until == later


def test_police_alone_read_that_a_share_waits_for_the_end_of_a_hold(world):
    case = stages.released(world)
    hold.hold(case, reason="r", by=world.officer)
    case.refresh_from_db()
    one = sharing.Share(world.agency("education"), ShareKind.PANEL, "w", stages.grounds())
    sharing.let_in(case, one, by=world.officer)
    assert "because of the hold" in page(world.officer, case)
    told = page(world.lead, case)
    assert "because of the hold" not in told
    assert "Testshire education" in told


# Conflicts of interest


def set_bar(world, case, person, by=None, **more):
    given = {"person": person.pk, "reason": "Her nephew.", **more}
    return as_user(by or world.supervisor).post(url(case, "case_bar"), given)


def test_keeping_somebody_out_and_letting_them_in_again(world):
    case = stages.released(world)
    text = set_bar(world, case, world.lead).content.decode()
    assert "Lead Invented can no longer learn that this case exists" in text
    assert not Bar.objects.exists()
    set_bar(world, case, world.lead, confirmed="yes")
    expect(url(case), {world.lead: 404})
    end = url(case, "case_bar_lift", Bar.objects.get().pk)
    client = as_user(world.chair)
    assert "can open the case again" in client.post(end, {"reason": "Moved away."}).content.decode()
    client.post(end, {"reason": "Moved away.", "confirmed": "yes"})
    expect(url(case), {world.lead: 200})
    assert Bar.objects.get().lifted_why == "Moved away."
    assert client.get(end).status_code == 404


def test_conflicts_are_shown_to_those_who_record_them_and_to_nobody_else(world):
    case = stages.released(world)
    set_bar(world, case, world.children, confirmed="yes")
    for person in (world.supervisor, world.chair, world.deputy):
        text = page(person, case)
        assert "Children Invented" in text
        assert "Her nephew." in text
        assert "Conflict of interest recorded" in page(person, case, "case_timeline")
    for person in (world.officer, world.lead, world.administrator, world.health):
        name = "case_timeline" if person == world.health else "case_sharing"
        text = page(person, case, name) + page(person, case, "case_timeline")
        assert "Conflict" not in text, person
        assert "nephew" not in text
        assert "Children Invented" not in text


def test_who_can_be_kept_out(world, elsewhere):
    case = stages.released(world)
    offered = set(holders.people_to_bar(case, world.supervisor))
    assert world.auditor in offered
    assert world.sysadmin in offered
    assert not offered & {world.officer, world.supervisor, elsewhere.officer}
    set_bar(world, case, world.lead, confirmed="yes")
    assert world.lead not in holders.people_to_bar(case, world.supervisor)
    expect(url(case, "case_bar"), {world.officer: 403, world.children: 404, world.chair: 200})


def test_a_conflict_before_release_is_for_the_supervisor(world):
    case = stages.screened(world)
    text = as_user(world.supervisor).get(url(case, "case_bar")).content.decode()
    assert "the police Prevent supervisor only." in text


def test_a_case_is_not_given_to_somebody_who_is_kept_out(world):
    case = stages.screened(world)
    restricting.set_bar(
        case, user=(other := people_of_police(world)), reason="r", by=world.supervisor
    )
    with pytest.raises(ActionInvalid):
        stages.given(world, case, to=other)
    restrict(world, case)
    stages.given(world, case, to=world.supervisor)
    text = as_user(world.supervisor).get(url(case, "case_assign")).content.decode()
    assert "Second Invented" not in text


def test_who_takes_over_a_restricted_case_is_named(world):
    case = stages.screened(world)
    restrict(world, case)
    other = people_of_police(world)
    expect(url(case), {other: 404})
    with pytest.raises(ActionInvalid, match="cannot open this case"):
        stages.given(world, case, to=other)
    people.deactivate(world.officer, by=world.sysadmin)
    stages.given(world, case, to=other)
    expect(url(case), {other: 200})


def people_of_police(world):
    """A second case officer."""
    user = people.add(email="second@test.example", name="Second Invented", by=None)
    people.join(user, agency=world.agency("police"), role=Role.CT_CASE_OFFICER, by=None)
    return user


# Who is at the screen


def test_each_act_asks_again_who_it_is_but_only_those_who_may(world):
    case = stages.released(world)
    case = restricting.restrict_case(
        case, people=[world.chair, world.lead], reason="r", by=world.supervisor
    )
    bar = restricting.set_bar(case, user=world.children, reason="r", by=world.supervisor)
    share = row_of(case, "health", "respond", world)
    acts = {
        url(case, "case_share"): world.officer,
        url(case, "case_unshare", share.pk): world.officer,
        url(case, "case_restrict"): world.chair,
        url(case, "case_unrestrict"): world.chair,
        url(case, "case_bar"): world.chair,
        url(case, "case_bar_lift", bar.pk): world.chair,
        "/emergency/": world.lead,
    }
    for here, person in acts.items():
        stale = prove(as_user(person), person, ago=301)
        for method in (stale.get, stale.post):
            response = method(here)
            assert response.status_code == 302, here
            assert "reauthenticate" in response["Location"]
        if here != "/emergency/":
            for other, status in ((world.lead, 403), (world.children, 404)):
                assert prove(as_user(other), other, ago=301).get(here).status_code == status
    assert not Bar.objects.exclude(pk=bar.pk).exists()
    provider = prove(as_user(world.provider), world.provider, ago=301)
    assert provider.get("/emergency/").status_code == 403
