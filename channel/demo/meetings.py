"""The panel meetings of the demonstration: planned, issued, held, approved."""

import datetime
from collections.abc import Mapping
from dataclasses import replace

from django.utils import timezone

from channel.demo.cast import Cast
from channel.demo.steps import moment
from channel.meetings import owners, queries
from channel.meetings.actions import agenda, conduct, confidentiality, meetings, minutes
from channel.meetings.entry import Decided, Entry, Said, Task
from channel.meetings.models import Attendance, Meeting
from prevent_cms import clock
from referrals.models import Case

PLACE = "Room 2, County Hall, and by secure video"
SAID = Said(
    discussion="The case officer set out the referral and the assessment. Education described "
    "attendance and friendships; health said where the waiting list stands.",
    risk_to_person="same",
    risk_to_person_note="Still isolated; sees few people of the same age.",
    risk_from_person="lower",
    risk_from_person_note="No talk of acting on it since the last contact.",
    risk_to_providers="same",
    risk_to_providers_note="Visits in pairs for the first month.",
    specialist_needed="new",
)
CHOICES: dict[str, Decided] = {
    "adopt": Decided(
        choice="adopt",
        rationale="The vulnerability is real, support is likely to help and is not offered elsewhere.",
        agreed="unanimous",
        consent_how="In person, at school, with a parent",
        consent_by="The Prevent lead with the family worker",
    ),
    "remain": Decided(
        choice="remain",
        rationale="Support has begun to work; stopping now would lose what was gained.",
        agreed="unanimous",
    ),
    "defer": Decided(
        choice="defer",
        rationale="The mental health assessment is due next week and bears on the decision.",
        agreed="majority",
        dissent="Education would have adopted the case today.",
    ),
    "exit": Decided(
        choice="exit",
        rationale="Two reviews in a row show that the risk has gone down and stays down.",
        agreed="unanimous",
    ),
}


def plan(cast: Cast, *, planned: int, held: int) -> Meeting:
    """Plan a meeting: `planned` days ago, for the first working day from `held` days ago on."""
    day = timezone.localdate() - datetime.timedelta(days=held)
    day = clock.add_working_days(day, 0)
    starts_at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(13)))
    with clock.at(moment(planned)):
        return meetings.plan_meeting(
            cast.area,
            council=cast.agency("council").council,
            starts_at=starts_at,
            place=PLACE,
            by=cast["administrator"],
        )


def hold(cast: Cast, meeting: Meeting, decisions: Mapping[int, str]) -> None:
    """Issue the agenda, meet, decide (case id -> choice), approve the minutes two days later."""
    with clock.at(meeting.starts_at - datetime.timedelta(days=6)):
        agenda.issue_agenda(meeting, by=cast["administrator"])
    with clock.at(meeting.starts_at):
        meetings.open_meeting(meeting, by=cast["chair"])
        meetings.record_attendance(
            meeting, lines=_attended(cast, meeting), by=cast["administrator"]
        )
        _agree(cast, meeting)
    for turn, item in enumerate(meeting.items.select_related("case__area")):
        with clock.at(meeting.starts_at + datetime.timedelta(minutes=12 * (turn + 1))):
            conduct.record_item(
                item, _entry(cast, item.case, decisions[item.case_id]), by=cast["chair"]
            )
    with clock.at(meeting.starts_at + datetime.timedelta(hours=2)):
        meetings.close_meeting(meeting, by=cast["chair"])
    with clock.at(meeting.starts_at + datetime.timedelta(days=2)):
        minutes.approve_minutes(meeting, by=cast["chair"])


def _attended(cast: Cast, meeting: Meeting) -> list[meetings.Attended]:
    present, apologies = Attendance.Status.PRESENT, Attendance.Status.APOLOGIES
    chair = cast["chair"]
    lines = [
        meetings.Attended(
            role=Attendance.Role.CHAIR,
            name=chair.name,
            speaks_for=cast.agency("council").name,
            status=present,
            agency=cast.agency("council"),
            user=chair,
        )
    ]
    for agency in queries.core_agencies(meeting.panel):
        lines.append(
            meetings.Attended(
                role=Attendance.Role.MEMBER,
                name=cast.speaker(agency),
                speaks_for=agency.name,
                status=apologies if agency.key == "adults" else present,
                agency=agency,
                user=cast.member(agency),
            )
        )
    return lines


def _agree(cast: Cast, meeting: Meeting) -> None:
    """Everybody who is there agrees to the confidentiality statement, signed in or aloud."""
    there = Attendance.objects.filter(meeting=meeting).select_related("user", "meeting__panel")
    for seat in there.exclude(status=Attendance.Status.APOLOGIES):
        if seat.user:
            confidentiality.agree(meeting, by=seat.user)
        else:
            confidentiality.agree_aloud(seat, by=cast["administrator"])


def _entry(cast: Cast, case: Case, choice: str) -> Entry:
    decided = CHOICES[choice]
    can = set(owners.of(case).values_list("key", flat=True))
    key = "education" if "education" in can else "children"
    if choice == "adopt":
        decided = replace(decided, consent_on=clock.add_working_days(clock.today(), 5))
    tasks = [
        Task(
            what="Ask for the attendance figures and share them with the lead agency",
            agency=cast.agency(key),
            owner=cast[key].name,
            due_on=clock.add_working_days(clock.today(), 8),
        )
    ]
    return Entry(said=SAID, decided=decided, tasks=tasks)
