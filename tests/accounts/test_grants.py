"""Who has been let in: our query, guardian's own answer and a plain oracle, held side by side."""

import datetime
import random

import pytest
from django.db import transaction
from guardian.shortcuts import get_objects_for_user

from accounts import grants
from accounts.actions import people
from accounts.models import Membership, User
from accounts.roles import KINDS_FOR_MARK, ROLES, Role, ShareKind
from prevent_cms import clock
from prevent_cms.marking import Mark
from referrals.access import Reader
from referrals.models import Case, Closure, Person

DAY = datetime.timedelta(days=1)


def a_case(world):
    """A case as bare as the tables allow: only its shares are on trial."""
    number = Case.objects.count()
    with transaction.atomic():
        return Case.objects.create(
            reference=f"{world.area.code}-26-{number:06d}-X",
            area=world.area,
            person=Person.objects.create(),
            owner_agency=world.agency("police"),
            next_due_on=clock.today(),
            next_due_what="test",
        )


def share(case, agency, kind, until=None, waits=False):
    with transaction.atomic():
        grants.share(case, [grants.Offer(agency, kind, "test", until, waits)], by=None)


def seen(user):
    """What the service shows to this user, asked afresh."""
    return set(Case.objects.visible_to(again(user)).values_list("pk", flat=True))


def again(user):
    return User.objects.get(pk=user.pk)


def guardian(user):
    """What guardian itself says is open to this user."""
    found = get_objects_for_user(
        again(user), "view_case", klass=Case, with_superuser=False, accept_global_perms=False
    )
    return set(found.values_list("pk", flat=True))


def usable(user, agency):
    """The kinds of share that this user's roles in an agency can use, worked out the slow way."""
    rows = [m for m in user.memberships.all() if m.agency_id == agency.pk and m.ended_on is None]
    return frozenset().union(*(ROLES[Role(row.role)].kinds for row in rows))


@pytest.mark.parametrize("seed", range(3))
def test_visible_to_is_guardians_answer(world, elsewhere, seed):
    """With shares that the agency's people can use and that have not ended, the two agree."""
    chance = random.Random(seed)
    for _ in range(8):
        place = chance.choice([world, elsewhere])
        case = a_case(place)
        for agency in place.area.agencies.all():
            if chance.random() < 0.5:
                kind = ShareKind.DELIVER if agency.kind == "partner" else ShareKind.COORDINATE
                kind = ShareKind.DELIVER if agency.kind == "provider" else kind
                share(case, agency, kind, chance.choice([None, clock.now() + DAY]))
    blind = {
        "police_auditor",
        "auditor",
        "sysadmin",
    }  # in an agency, with a role that opens nothing
    for place in (world, elsewhere):
        for name, user in place.users.items():
            assert seen(user) == (set() if name in blind else guardian(user)), name


@pytest.mark.parametrize("seed", range(3))
def test_visible_to_is_what_live_shares_and_roles_give(world, elsewhere, seed):
    """Any kind, any agency, ended, waiting or not: shown is what a live share of a usable kind
    opens."""
    chance = random.Random(seed + 100)
    agencies = [a for place in (world, elsewhere) for a in place.area.agencies.all()]
    opened = []
    for _ in range(8):
        case = a_case(chance.choice([world, elsewhere]))
        for agency in chance.sample(agencies, 5):
            until = chance.choice([None, clock.now() + DAY, clock.now() - DAY])
            kind = chance.choice(list(ShareKind))
            waits = chance.random() < 0.3
            share(case, agency, kind, until, waits)
            if not waits and (until is None or until > clock.now()):
                opened.append((case.pk, agency, kind))
    for place in (world, elsewhere):
        for name, user in place.users.items():
            expected = {pk for pk, agency, kind in opened if kind in usable(user, agency)}
            assert seen(user) == expected, name
            assert expected <= guardian(user), name
            for less in ShareKind:
                more = {pk for pk, agency, kind in opened if kind in usable(user, agency) - {less}}
                found = grants.reached(again(user), Case, frozenset(ShareKind) - {less})
                assert set(found.values_list("content_object", flat=True)) == more, (name, less)


def test_a_share_that_waits_opens_nothing_before_its_time(world):
    case, agency = a_case(world), world.agency("health")
    share(case, agency, ShareKind.PANEL, waits=True)
    assert seen(world.health) == set()
    assert grants.ways_in(again(world.health), case) == []
    with transaction.atomic():
        assert [row.group_id for row in grants.open_waiting(case)] == [agency.group_id]
    assert seen(world.health) == {case.pk}
    with transaction.atomic():
        assert grants.open_waiting(case) == []


@pytest.mark.parametrize(
    ("has", "until", "offered", "waits"),
    [
        (ShareKind.PANEL, None, ShareKind.PANEL, False),
        (ShareKind.PANEL, None, ShareKind.DELIVER, False),
        (ShareKind.PANEL, -DAY, ShareKind.PANEL, True),
        (ShareKind.PANEL, DAY, ShareKind.RESPOND, False),
        (ShareKind.RESPOND, None, ShareKind.PANEL, True),
        (ShareKind.DELIVER, None, ShareKind.PANEL, True),
        (ShareKind.PANEL, None, ShareKind.COORDINATE, True),
    ],
)
def test_what_shows_no_more_than_is_seen_need_not_wait(world, has, until, offered, waits):
    case, agency = a_case(world), world.agency("health")
    share(case, world.agency("education"), ShareKind.COORDINATE)
    share(case, agency, has, until and clock.now() + until)
    share(case, agency, offered, waits=True)
    assert case.shares.get(group=agency.group, kind=offered).waits is waits


def test_a_superuser_sees_nothing_more(world):
    share(a_case(world), world.agency("police"), ShareKind.COORDINATE)
    with transaction.atomic():
        world.sysadmin.is_superuser = True
        world.sysadmin.save()
    assert seen(world.sysadmin) == set()
    assert guardian(world.sysadmin) == set()


def test_an_account_that_is_switched_off_sees_nothing(world):
    case = a_case(world)
    share(case, world.agency("police"), ShareKind.COORDINATE)
    assert seen(world.officer) == {case.pk}
    with transaction.atomic():
        world.officer.is_active = False
        world.officer.save()
    assert seen(world.officer) == set()
    assert grants.ways_in(again(world.officer), case) == []


def test_the_end_of_a_share_bites_at_once(world):
    case = a_case(world)
    share(case, world.agency("health"), ShareKind.PANEL, clock.now() + DAY)
    assert seen(world.health) == {case.pk}
    assert grants.ways_in(again(world.health), case)
    with clock.at(clock.now() + DAY):
        assert seen(world.health) == set()
        assert grants.ways_in(again(world.health), case) == []
        assert not grants.shares_of(case).exists()


def test_the_end_of_a_role_bites_though_the_group_is_still_there(world):
    """A membership with an end that has come: guardian's group says yes, the service says no."""
    case = a_case(world)
    share(case, world.agency("health"), ShareKind.PANEL)
    for membership in Membership.objects.filter(user=world.health):
        with transaction.atomic():
            membership.ended_on = clock.today()
            membership.save()
    assert guardian(world.health) == {case.pk}
    assert seen(world.health) == set()


def test_leaving_takes_the_group_away(world):
    case = a_case(world)
    share(case, world.agency("provider"), ShareKind.DELIVER)
    people.leave(world.provider.memberships.get(), by=world.sysadmin)
    assert guardian(world.provider) == seen(world.provider) == set()


def test_sharing_again_changes_the_share_and_adds_none(world):
    case, agency = a_case(world), world.agency("health")
    share(case, agency, ShareKind.PANEL)
    share(case, agency, ShareKind.PANEL, clock.now() + DAY)
    row = case.shares.get()
    assert row.until is not None
    assert row.history.count() == 2


def test_ending_a_share_says_whether_there_was_one(world):
    case, agency = a_case(world), world.agency("health")
    share(case, agency, ShareKind.PANEL)
    with transaction.atomic():
        assert grants.unshare(case, agency, ShareKind.PANEL) is True
        assert grants.unshare(case, agency, ShareKind.PANEL) is False
    assert seen(world.health) == set()


@pytest.mark.parametrize(
    ("name", "agency", "kind", "marks"),
    [
        ("officer", "police", ShareKind.COORDINATE, {Mark.POLICE, Mark.COORDINATION, Mark.PANEL}),
        ("lead", "council", ShareKind.COORDINATE, {Mark.COORDINATION, Mark.PANEL}),
        ("health", "health", ShareKind.PANEL, {Mark.PANEL}),
        ("health", "health", ShareKind.RESPOND, set()),
        ("provider", "provider", ShareKind.DELIVER, set()),
        ("provider", "provider", ShareKind.COORDINATE, set()),
        ("police_auditor", "police", ShareKind.COORDINATE, set()),
    ],
)
def test_a_mark_is_read_through_the_kinds_that_cover_it(world, name, agency, kind, marks):
    """The query for items and the reader of a page answer alike, mark by mark."""
    case, user = a_case(world), getattr(world, name)
    share(case, world.agency(agency), kind)
    with transaction.atomic():
        for mark in (Mark.POLICE, Mark.COORDINATION, Mark.PANEL):
            Closure.objects.create(
                case=case,
                mark=mark,
                outcome="duplicate",
                stage="PANEL",
                reason="test",
                by=world.officer,
                safeguarding_concern=False,
                significant_harm=False,
                crime=False,
            )
    rows = Closure.objects.visible_to(user).values_list("mark", flat=True)
    assert set(rows) == marks == set(Reader(user, case).marks)


def test_no_kind_but_coordinating_reads_what_coordinators_read():
    assert KINDS_FOR_MARK[Mark.COORDINATION] == {ShareKind.COORDINATE}
    assert KINDS_FOR_MARK[Mark.POLICE] == {ShareKind.COORDINATE}
