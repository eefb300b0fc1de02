"""Receiving a referral: the only way in which a person, a case and a referral come to be."""

import datetime
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, transaction

from accounts import grants
from accounts.models import Agency, Area
from accounts.roles import ShareKind
from prevent_cms import clock, outbox, wall
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from prevent_cms.references import next_reference
from referrals import matching
from referrals.actions import notices
from referrals.front_door import Through, concern, first_told, is_desk
from referrals.intake.choices import Ethnicity, Gender, Sector
from referrals.models import Case, Forwarded, Person, PersonFact, Referral
from referrals.workflow import Status

Kind = PersonFact.Kind
Answers = dict[str, Any]

# Without these there is nothing to work on; the form itself asks for much more.
ESSENTIAL = ("danger", "name", "what", "referrer_name", "sector")

# Answers that become a fact about the person as they stand.
PLAIN_FACTS = (
    ("name", Kind.NAME),
    ("age", Kind.AGE),
    ("address", Kind.ADDRESS),
    ("district", Kind.DISTRICT),
    ("phone", Kind.PHONE),
    ("school", Kind.SCHOOL),
    ("family", Kind.FAMILY),
    ("language", Kind.LANGUAGE),
)
# Answers of which each line is a fact of its own.
FACT_LINES = (
    ("other_names", Kind.OTHER_NAME),
    ("other_addresses", Kind.ADDRESS),
    ("online_names", Kind.EMAIL),
)


@wall.as_service()
def submit(
    *,
    area: Area,
    form_key: uuid.UUID | str,
    answers: Answers,
    form_version: str,
    through: Through | None = None,
) -> Referral:
    """Receive a completed form, once: the same `form_key` always gives the same referral (R50).

    The case belongs to the area's police and is shared with nobody else (design section 4). In the
    area of a safeguarding front door social care is sent the concern at the same time, and learns
    nothing of the case (R84). `through` is the desk outside police that passes it on. Raises
    ActionInvalid when the area has no police agency, an essential answer is missing, or for a desk
    that the area does not have.
    """
    if sent := _received(form_key):
        return sent
    missing = [key for key in ESSENTIAL if not answers.get(key)]
    if missing or answers["sector"] not in Sector.values:
        raise ActionInvalid("Some questions have no answer yet. Go back to your referral.")
    if through and not is_desk(through.agency, area):
        raise ActionInvalid("Your agency does not receive referrals for this area.")
    try:
        with transaction.atomic():
            return _receive(area, form_key, answers, form_version, through)
    except IntegrityError:
        if sent := _received(form_key):
            return sent
        raise


@transaction.atomic
def _received(form_key: uuid.UUID | str) -> Referral | None:
    found: Referral | None = Referral.objects.filter(form_key=form_key).first()
    return found


def _receive(
    area: Area,
    form_key: uuid.UUID | str,
    answers: Answers,
    form_version: str,
    through: Through | None,
) -> Referral:
    police = _police_of(area)
    case = _open_case(area, police)
    referral: Referral = Referral.objects.create(
        case=case,
        mark=Mark.POLICE,
        reference=next_reference(Referral, area.code, clock.today().year),
        area=area,
        form_key=form_key,
        form_version=form_version,
        answers=answers,
        sector=answers["sector"],
        is_urgent=answers["danger"] == "yes",
        came_through=through.agency if through else None,
        desk_reference=through.own_reference if through else "",
        wants_anonymity="yes" in (answers.get("anonymous"), answers.get("noticer_anonymous")),
    )
    _remember_person(referral)
    grants.share(case, [grants.Offer(police, ShareKind.COORDINATE, "Referral received")], by=None)
    record(EventType.REFERRAL_RECEIVED, by="Referrer", case=case, target=referral)
    outbox.add("referral_received", referral_id=referral.pk)
    if through and not referral.wants_anonymity:
        _remember_at_the_desk(through)
    if told := first_told(area, answers):
        agency, about = told
        notices.tell_front_door(case, agency=agency, about=about, text=concern(answers))
    return referral


def _remember_person(referral: Referral) -> None:
    """Keep what the answers say of the person, and what they are found by."""
    case = referral.case
    for kind, value, date in facts_in(referral.answers):
        PersonFact.objects.create(
            case=case,
            mark=Mark.POLICE,
            person=case.person,
            kind=kind,
            value=value[:500],
            date=date,
            referral=referral,
        )
    matching.rebuild_keys(case.person)


def _remember_at_the_desk(through: Through) -> None:
    """Keep what the desk may know: that it passed something on, when, and its own reference."""
    agency, by = through.agency, through.by
    row = Forwarded.objects.create(agency=agency, own_reference=through.own_reference, by=by)
    told = {"area_code": agency.area.code, "target": row, "agency_id": agency.pk}
    record(EventType.REFERRAL_FORWARDED, by=by, **told)


def _police_of(area: Area) -> Agency:
    police = area.agencies.filter(kind=Agency.Kind.POLICE, is_active=True).order_by("pk").first()
    if police is None:
        raise ActionInvalid("This area cannot take referrals at the moment. Call 101.")
    return police


def _open_case(area: Area, police: Agency) -> Case:
    """A new person and a new case; police decide later whether it is somebody they know."""
    return Case.objects.create(
        reference=next_reference(Case, area.code, clock.today().year),
        area=area,
        person=Person.objects.create(),
        status=Status.RECEIVED,
        owner_agency=police,
        next_due_on=area.rules.due(clock.today(), 1),
        next_due_what="Take the referral",
    )


def facts_in(answers: Answers) -> Iterator[tuple[Kind, str, datetime.date | None]]:
    """What the answers say about the person referred; what is said of the referrer is none of it."""
    for key, kind in PLAIN_FACTS:
        if value := answers.get(key):
            yield kind, str(value), None
    for key, kind in FACT_LINES:
        for line in str(answers.get(key) or "").splitlines():
            if line.strip():
                yield kind, line.strip(), None
    if born := answers.get("born"):
        date = datetime.date.fromisoformat(born)
        yield Kind.BORN, f"{date.day} {date:%B %Y}", date
    yield from _coded_facts(answers)


def _coded_facts(answers: Answers) -> Iterator[tuple[Kind, str, None]]:
    """A reason for there being no answer is no fact about the person."""
    no_facts = {Ethnicity.NOT_KNOWN, Ethnicity.NOT_ASKED, Ethnicity.DECLINED}
    gender, ethnicity = answers.get("gender"), answers.get("ethnicity")
    if gender == Gender.OTHER and answers.get("gender_word"):
        yield Kind.GENDER, answers["gender_word"], None
    elif gender and gender != Gender.NOT_KNOWN:
        yield Kind.GENDER, Gender(gender).label, None
    if ethnicity and ethnicity not in no_facts:
        yield Kind.ETHNICITY, Ethnicity(ethnicity).label, None
