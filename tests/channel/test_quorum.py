"""Who must be there before a panel may decide: pure rules."""

import pytest

from channel.meetings.quorum import Presence, assess

CHAIR = Presence(agency_id=1, is_there=True, is_chair=True, is_core=True)
POLICE = Presence(agency_id=2, is_there=True, is_police=True, is_core=True)
HEALTH = Presence(agency_id=3, is_there=True, is_core=True)
SCHOOL = Presence(agency_id=4, is_there=True, is_core=True)
GUEST = Presence(agency_id=None, is_there=True)


def away(presence):
    return Presence(
        agency_id=presence.agency_id,
        is_there=False,
        is_chair=presence.is_chair,
        is_police=presence.is_police,
        is_core=presence.is_core,
    )


def test_chair_police_and_enough_agencies_make_a_quorum():
    quorum = assess([CHAIR, POLICE, HEALTH], 3)
    assert quorum.is_met
    assert quorum.sentence == "Quorum met: chair, police and 3 core agencies (3 needed)."


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([POLICE, HEALTH, SCHOOL], "No quorum: the chair or deputy still needed."),
        ([CHAIR, HEALTH, SCHOOL], "No quorum: police still needed."),
        ([CHAIR, POLICE], "No quorum: 1 more core agency still needed."),
        ([CHAIR, away(POLICE), HEALTH], "No quorum: police and 1 more core agency still needed."),
        (
            [],
            "No quorum: the chair or deputy, police and 3 more core agencies still needed.",
        ),
        ([away(CHAIR), POLICE, HEALTH, SCHOOL], "No quorum: the chair or deputy still needed."),
    ],
)
def test_what_is_missing_is_said(lines, sentence):
    quorum = assess(lines, 3)
    assert not quorum.is_met
    assert quorum.sentence == sentence


def test_an_agency_counts_once_and_a_guest_not_at_all():
    assert assess([CHAIR, CHAIR, POLICE, GUEST, GUEST], 3).agencies == 2


def test_one_agency_is_one_agency():
    assert "1 core agency" in assess([Presence(1, True, True, True, True)], 1).sentence
