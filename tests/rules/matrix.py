"""Every route, every person, every object: what may be said is worked out the slow way, from the
rows themselves, and shares no code with the service."""

import logging
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import ROLES, Role
from channel.meetings.models import AgendaItem, Meeting, PanelAction
from channel.support.models import PlanItem, PostExitReview, SupportPlan
from prevent_cms import clock, guards
from referrals.actions import restricting
from referrals.models import (
    Bar,
    Case,
    CaseGroupObjectPermission,
    Disclosure,
    InformationRequest,
    OneTimeRequest,
    ParallelProcess,
    PersonFact,
    Referral,
    Transfer,
)
from tests import stages
from tests.access import as_user
from tests.rules.headers import score
from tests.rules.test_urls import addresses
from vaf.models import Assessment

CANARY = re.compile(r"CNRY(\d+)Z")
REFERENCE = re.compile(r"\b[A-Z]{3}-\d\d-\d{6}-[0-9A-Z]\b")
NOWHERE = "TST-26-000000-X"
POLICE_ROLES = {"ct_case_officer", "police_supervisor"}
STAGES = (
    stages.screened,
    stages.answered,
    stages.plan_written,
    stages.exited,
    stages.received,
    stages.cleared,
    stages.assessed,
    stages.at_panel,
)


class Canary(NamedTuple):
    """Where a canary was put, and who may meet it there."""

    case_id: int
    mark: str
    agency_id: int | None
    is_identity: bool
    place: str


@dataclass
class Known:
    """What one person may know, from shares, memberships, restrictions and bars."""

    kinds: dict = field(default_factory=dict)  # case id -> kinds that a role of theirs can use
    police: set = field(default_factory=set)  # case ids whose POLICE material is theirs
    agencies: set = field(default_factory=set)
    references: set = field(default_factory=set)

    def may_read(self, canary):
        case_id, mark, agency_id, is_identity, _ = canary
        kinds = self.kinds.get(case_id, set())
        return (
            (mark == "POLICE" and case_id in self.police)
            or (mark == "COORDINATION" and "coordinate" in kinds)
            or (mark == "PANEL" and kinds & {"coordinate", "panel"})
            or (mark != "POLICE" and bool(kinds) and (agency_id in self.agencies or is_identity))
        )


def known_to(user):  # noqa: C901 - the rule, written out once more on purpose
    """Work out what this person may know; nobody signed in may know nothing."""
    known = Known()
    if user is None:
        return known
    today, now = clock.today(), clock.now()
    seats = [
        (m.agency, Role(m.role))
        for m in user.memberships.select_related("agency")
        if m.started_on <= today and (m.ended_on is None or m.ended_on > today)
    ]
    known.agencies = {agency.pk for agency, _ in seats}
    barred = set(Bar.objects.filter(user=user, lifted_at=None).values_list("case_id", flat=True))
    for share in CaseGroupObjectPermission.objects.select_related("content_object"):
        case = share.content_object
        if case.pk in barred or (share.until and share.until <= now):
            continue
        for agency, role in seats:
            personal = share.group_id == user.group_id
            through = share.group_id == agency.group_id and not case.is_restricted
            if (personal or through) and share.kind in ROLES[role].kinds:
                known.kinds.setdefault(case.pk, set()).add(share.kind)
                if share.kind == "coordinate" and str(role) in POLICE_ROLES:
                    known.police.add(case.pk)
    for case in Case.objects.filter(pk__in=known.kinds):
        known.references.add(case.reference)
    for referral in Referral.objects.filter(case_id__in=known.kinds):
        known.references.add(referral.reference)
    return known


def populate(world, elsewhere, rounds):
    """Cases of every stage in two areas, some restricted and barred; 0 rounds is a small choice."""
    made = []
    for number in range(rounds):
        for place in (world, elsewhere):
            made += [stage(place, name=f"Person {number} {stage.__name__}") for stage in STAGES]
    if not rounds:
        made = [stages.screened(world), stages.plan_written(world), stages.answered(elsewhere)]
    for place in (world, elsewhere) if rounds else (world,):
        closed = stages.released(place, name="Person restricted")
        restricting.restrict_case(closed, people=[place.lead], reason="r", by=place.supervisor)
        barred = stages.released(place, name="Person barred")
        restricting.set_bar(barred, user=place.chair, reason="r", by=place.supervisor)
        made += [closed, barred]
    made.append(stages.transfer_proposed(world, elsewhere).case)
    return made


def plant():
    """A canary in every free text of every marked row; number -> (case, mark, agency, identity)."""
    planted = {}
    for model in guards.marked_models():
        if model.__name__.startswith("Historical"):
            continue
        for row in model.objects.all():
            _plant_row(model, row, planted)
    return planted


def _is_final(row):
    """A signed assessment takes nothing any more."""
    assessment = row if isinstance(row, Assessment) else getattr(row, "assessment", None)
    return assessment is not None and assessment.signed_at is not None


def _plant_row(model, row, planted):
    if _is_final(row):
        return
    names = [
        f.attname
        for f in model._meta.concrete_fields
        if isinstance(f, models.TextField | models.CharField)
        and not f.choices
        and (f.max_length is None or f.max_length >= 200)
        and isinstance(getattr(row, f.attname), str)
        and getattr(row, f.attname)
    ]
    agency = row.agency_id if model.own_agency_kinds else None
    identity = model is PersonFact and row.kind in PersonFact.IDENTITY
    for name in names:
        number = len(planted)
        setattr(row, name, f"{getattr(row, name)[:120]} CNRY{number}Z")
        planted[number] = Canary(
            row.case_id, str(row.mark), agency, identity, f"{model.__name__}.{name}"
        )
    if model is Referral:
        number = len(planted)
        row.answers["what"] = f"{row.answers['what']} CNRY{number}Z"
        planted[number] = Canary(row.case_id, str(row.mark), None, False, "Referral.answers")
        names.append("answers")
    if names:
        with transaction.atomic():
            row.save()


def paths(case):
    """Every address about this case, with the numbers of its own rows."""
    rows = {
        "case_return": ("number", InformationRequest.objects.filter(case=case)),
        "case_request_dates": ("number", InformationRequest.objects.filter(case=case)),
        "case_one_time_link": ("number", OneTimeRequest.objects.filter(case=case)),
        "case_changes_read": ("number", InformationRequest.objects.filter(case=case)),
        "case_register_correct": ("number", Disclosure.objects.filter(case=case)),
        "request": ("number", InformationRequest.objects.filter(case=case)),
        "case_assessment": ("pk", Assessment.objects.filter(case=case)),
        "panel_action": ("pk", PanelAction.objects.filter(case=case)),
        "case_plan_item": ("pk", PlanItem.objects.filter(case=case)),
        "case_parallel": ("pk", ParallelProcess.objects.filter(case=case)),
        "case_post_exit": ("pk", PostExitReview.objects.filter(case=case)),
        "meeting": ("pk", Meeting.objects.filter(items__case=case)),
        "minutes": ("pk", Meeting.objects.filter(items__case=case)),
        "transfer": ("pk", Transfer.objects.filter(case=case)),
    }
    versions = SupportPlan.objects.filter(case=case).values_list("version", flat=True)
    for name, wanted in addresses():
        given = {"reference": case.reference, "dimension": "engagement", "as": "1"}
        given["slug"] = "known"
        if "version" in wanted:
            given["version"] = next(iter(versions), 1)
        for start, (key, found) in rows.items():
            if name and name.startswith(start) and key in wanted:
                given.setdefault(key, next((row.pk for row in found), 0))
        if "number" in wanted and str(name).startswith("meeting"):
            item = AgendaItem.objects.filter(case=case).first()
            given["number"] = item.number if item else "1"
        about = {"reference", "number"} & set(wanted) or str(name).startswith(
            ("meeting", "minutes", "transfer")
        )
        if about and set(wanted) <= set(given) and name != "minutes_pdf":
            yield name, {key: given[key] for key in wanted}


NOT_LISTS = ("account_", "mfa_", "refer", "usersessions", "session")


def lists():
    """The pages of signed-in people that are about no one case."""
    return {n for n, wanted in addresses() if n and not wanted and not n.startswith(NOT_LISTS)}


@dataclass
class Matrix:
    """Goes through the addresses as each person and keeps every answer that says too much."""

    planted: dict
    secure: bool = True
    asked: int = 0
    leaks: list = field(default_factory=list)
    lowest: int = 200

    def visit(self, user, cases):
        known, browser = known_to(user), as_user(user) if user else Client()
        nowhere = {}
        for name in sorted(lists()):
            self.look(user, known, browser, name, reverse(name))
        for case in cases:
            for name, parts in paths(case):
                answer = self.look(user, known, browser, name, reverse(name, kwargs=parts))
                if case.pk not in known.kinds and "reference" in parts:
                    empty = reverse(name, kwargs={**parts, "reference": NOWHERE})
                    if name not in nowhere:
                        nowhere[name] = self.ask(browser, empty)
                    if self.told(answer) != self.told(nowhere[name]):
                        self.leaks.append((user, name, case.reference, "unlike an unknown case"))

    def ask(self, browser, path, method="get"):
        self.asked += 1
        answer = getattr(browser, method)(path, secure=self.secure)
        self.lowest = min(self.lowest, score(answer))
        return answer

    @staticmethod
    def told(answer):
        return answer.status_code, answer.headers.get("Location", "").split("?")[0], answer.content

    def look(self, user, known, browser, name, path):
        answer = self.ask(browser, path)
        if answer.status_code == 200:
            head = self.ask(browser, path, "head")
            if (head.status_code, head.content) != (200, b""):
                self.leaks.append((user, name, path, f"HEAD {head.status_code}"))
        text = answer.content.decode(errors="replace") + str(answer.headers)
        for number in map(int, CANARY.findall(text)):
            if not known.may_read(self.planted[number]):
                self.leaks.append((user, name, path, self.planted[number]))
        for reference in set(REFERENCE.findall(text)) - known.references:
            if reference not in path or answer.status_code == 200:
                self.leaks.append((user, name, path, reference))
        return answer


def quiet():
    """The log of refused requests is as long as the matrix."""
    logging.getLogger("django.request").setLevel(logging.CRITICAL)


def domain_rows():
    """A count of versions of all audited rows but accounts (signing in): it grows with a change."""
    counts = [
        f"SELECT count(*) FROM {history._meta.db_table}"
        for model, history in guards.audited_models()
        if model is not User
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + " + ".join(f"({count})" for count in counts))
        return cursor.fetchone()[0]
