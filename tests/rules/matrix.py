"""Every route, every person, every object: what may be said is worked out the slow way, from the
rows themselves, and shares no code with the service."""

import logging
import re
from dataclasses import dataclass, field

from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from channel.meetings.models import AgendaItem, Attendance, Invitation, Meeting, PanelAction
from channel.support.models import PlanItem, PostExitReview, Session, SupportPlan
from prevent_cms import guards
from referrals.actions import restricting
from referrals.models import (
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
from tests.rules.known import Canary, known_to
from tests.rules.test_urls import addresses
from vaf.models import Assessment

CANARY = re.compile(r"CNRY(\d+)Z")
REFERENCE = re.compile(r"\b[A-Z]{3}-\d\d-\d{6}-[0-9A-Z]\b")
DOCUMENTS = ("minutes_pdf", "panel_extract")  # their bytes are read in tests/channel
NOWHERE = "TST-26-000000-X"
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


def plant(planted=None, shortest=200):
    """A canary in every free text of every marked row; number -> (case, mark, agency, identity).

    With those `planted` earlier, only in what has come since.
    """
    planted = {} if planted is None else planted
    for model in guards.marked_models():
        if model.__name__.startswith("Historical"):
            continue
        for row in model.objects.all():
            _plant_row(model, row, planted, shortest)
    return planted


def free_texts(model, shortest=200):
    """The columns in which people write as they like, at least so long."""
    return [
        f
        for f in model._meta.concrete_fields
        if type(f) in (models.TextField, models.CharField)
        and not f.choices
        and (f.max_length is None or f.max_length >= shortest)
    ]


def is_final(row):
    """A signed assessment takes nothing any more."""
    assessment = row if isinstance(row, Assessment) else getattr(row, "assessment", None)
    return assessment is not None and assessment.signed_at is not None


def _plant_row(model, row, planted, shortest):
    if is_final(row):
        return
    said = {f.attname: getattr(row, f.attname) for f in free_texts(model, shortest)}
    names = [name for name, text in said.items() if text and not CANARY.search(text)]
    agency = row.agency_id if model.own_agency_kinds else None
    identity = model is PersonFact and row.kind in PersonFact.IDENTITY
    for name in names:
        number = len(planted)
        setattr(row, name, f"{getattr(row, name)[:120]} CNRY{number}Z")
        planted[number] = Canary(
            row.case_id, str(row.mark), agency, identity, f"{model.__name__}.{name}"
        )
    if model is Referral and not CANARY.search(row.answers["what"]):
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
        "panel_extract": ("pk", AgendaItem.objects.filter(case=case)),
        "panel_action": ("pk", PanelAction.objects.filter(case=case)),
        "case_plan_item": ("pk", PlanItem.objects.filter(case=case)),
        "case_plan_item_session": ("session", Session.objects.filter(case=case)),
        "case_parallel": ("pk", ParallelProcess.objects.filter(case=case)),
        "case_post_exit": ("pk", PostExitReview.objects.filter(case=case)),
        "meeting_person": ("seat", Attendance.objects.filter(meeting__items__case=case)),
        "meeting_agree_aloud": ("seat", Attendance.objects.filter(meeting__items__case=case)),
        "meeting_guest": ("guest", Invitation.objects.filter(case=case)),
        "meeting": ("pk", Meeting.objects.filter(items__case=case)),
        "minutes": ("pk", Meeting.objects.filter(items__case=case)),
        "pack": ("pk", Meeting.objects.filter(items__case=case)),
        "transfer": ("pk", Transfer.objects.filter(case=case)),
    }
    versions = SupportPlan.objects.filter(case=case).values_list("version", flat=True)
    for name, wanted in addresses():
        given = {"reference": case.reference, "dimension": "engagement", "as": "1"}
        given["slug"] = "known"
        given["key"] = "health"
        if "version" in wanted:
            given["version"] = next(iter(versions), 1)
        for start, (key, found) in rows.items():
            if name and name.startswith(start) and key in wanted:
                given.setdefault(key, next((row.pk for row in found), 0))
        if "number" in wanted and str(name).startswith(("meeting", "pack_brief")):
            item = AgendaItem.objects.filter(case=case).first()
            given["number"] = item.number if item else "1"
        about = {"reference", "number"} & set(wanted) or str(name).startswith(
            ("meeting", "minutes", "pack", "transfer")
        )
        if about and set(wanted) <= set(given) and name not in DOCUMENTS:
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
        told = known.references | (known.logged if name.startswith("audit") else set())
        for reference in set(REFERENCE.findall(text)) - told:
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
