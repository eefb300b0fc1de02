"""Asking a body without an account: a link, a code by telephone, one answer (design section 5)."""

import datetime
import hashlib
import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from accounts.models import User
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals import information
from referrals.access import Reader
from referrals.actions.requests import (
    SHARED_TO_ANSWER,
    STANDARD_QUESTION,
    require_askable,
    require_date,
)
from referrals.actions.sharing import Grounds
from referrals.models import Case, Disclosure, InformationReturn, OneTimeRequest
from referrals.models.information import ONE_TIME
from referrals.models.one_time import TRIES
from referrals.workflow import Status

DIGITS = 8
ENDED = "The link was ended before it was answered."


@dataclass(frozen=True)
class Asked:
    """Who is asked, where the code is given, by when, and what beyond the usual question."""

    body: str
    person: str
    phone: str
    due_on: datetime.date
    question: str = ""


@dataclass(frozen=True)
class Made:
    """A new link with what is shown once: the key of its address, and the code."""

    request: OneTimeRequest
    key: str
    code: str


def hashed(key: str) -> str:
    """What is kept of the key of a link."""
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def ask_once(case: Case, asked: Asked, *, grounds: Grounds, by: User) -> Made:
    """Make a link with which a body without an account answers once; nobody is let in to the case.

    What it shows is a disclosure like any other, and stands in the register (R95-R102).
    Raises ActionDenied for anyone but the area's requester, ActionInvalid at a stage at which
    nobody is asked, for a date that cannot be, or without a power.
    """
    case = Case.objects.locked(case.pk)
    require_askable(Reader(by, case))
    if case.status == Status.HELD:
        raise ActionInvalid(NOT_NOW)
    require_date(case, asked.due_on)
    if not grounds.power.strip():
        raise ActionInvalid(f"Enter the legal power for sharing with {asked.body}.")
    rules, key = case.area.rules, secrets.token_urlsafe(32)
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    last = rules.due(clock.today(), rules.one_time_link_working_days)
    expires_at = clock.start_of(last + datetime.timedelta(days=1))
    words = vars(asked) | {"question": "\n".join(filter(None, [STANDARD_QUESTION, asked.question]))}
    made: OneTimeRequest = OneTimeRequest.objects.create(
        case=case,
        by=by,
        key_hash=hashed(key),
        code_hash=make_password(code),
        expires_at=expires_at,
        disclosure=_enter(case, asked.body, grounds, expires_at, by),
        **words,
    )
    told = {"due": made.due_on.isoformat(), "gateway": str(grounds.gateway)}
    record(EventType.LINK_MADE, by=by, case=case, target=made, **told)
    return Made(made, key, code)


def _enter(
    case: Case, body: str, grounds: Grounds, until: datetime.datetime, by: User
) -> Disclosure:
    """The entry in the register. Agreements are between agencies, so there is none to ask for."""
    lawful = {**vars(grounds), "without_agreement": ""}
    del lawful["agreements"]
    entry: Disclosure = Disclosure.objects.create(
        case=case,
        body=body,
        kind=ONE_TIME,
        what_was_shared=SHARED_TO_ANSWER,
        until=until,
        by=by,
        **lawful,
    )
    return entry


@transaction.atomic
def end_link(request: OneTimeRequest, *, by: User) -> OneTimeRequest:
    """Let a link open nothing any more, from the next request on.

    Raises ActionDenied for anyone but the area's requester, ActionInvalid when it is used or ended.
    """
    case = Case.objects.locked(request.case_id)
    information.require_asker(Reader(by, case))
    fresh = OneTimeRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if fresh.answered_at or fresh.ended_at:
        raise ActionInvalid(NOT_NOW)
    fresh.ended_at, fresh.ended_by = clock.now(), by
    fresh.save(update_fields=["ended_at", "ended_by"])
    entry = fresh.disclosure
    entry.ended_at, entry.ended_by, entry.ended_why = fresh.ended_at, by, ENDED
    entry.save(update_fields=["ended_at", "ended_by", "ended_why"])
    record(EventType.LINK_ENDED, by=by, case=case, target=fresh)
    return fresh  # type: ignore[no-any-return]


@transaction.atomic
def open_link(key: str, code: str) -> OneTimeRequest | None:
    """The request behind a link, once its code is given; None for any other code, key or time.

    A wrong code counts, and after five the link opens nothing. Whatever is missing, the answer is
    the same and takes as long.
    """
    request = _usable(key)
    digits = "".join(filter(str.isdigit, code))
    if request is None:
        make_password(digits)
        return None
    if not check_password(digits, request.code_hash):
        request.wrong_tries += 1
        request.save(update_fields=["wrong_tries"])
        _record(EventType.LINK_REFUSED, request, is_last=request.wrong_tries >= TRIES)
        return None
    request.opened_at = clock.now()
    request.save(update_fields=["opened_at"])
    _record(EventType.LINK_OPENED, request)
    return request


@transaction.atomic
def answer_link(key: str, *, known: str, answer: str, answered_by: str) -> OneTimeRequest:
    """Answer through a link that was opened; it then opens nothing any more.

    Raises ActionInvalid when the link has been used, ended or run out meanwhile, for an answer that
    there is not, and without a name.
    """
    request = _usable(key)
    if request is None or request.opened_at is None:
        raise ActionInvalid("This link does not open anything any more.")
    if known not in InformationReturn.Known.values or not answered_by.strip():
        raise ActionInvalid("Say whether the person is known to you, and who you are.")
    request.known, request.answer, request.answered_by = known, answer, answered_by
    request.answered_at = clock.now()
    request.save(update_fields=["known", "answer", "answered_by", "answered_at"])
    _record(EventType.LINK_ANSWERED, request)
    outbox.add("link_answered", request_id=request.pk)
    return request


def _usable(key: str) -> OneTimeRequest | None:
    """The request behind a link, locked, if it can be opened or answered now."""
    rows = OneTimeRequest.objects.select_for_update(of=("self",)).select_related("case__area")
    found: OneTimeRequest | None = rows.filter(key_hash=hashed(key)).first()
    return found if found and found.is_usable and found.case.is_open else None


def _record(event: EventType, request: OneTimeRequest, **details: bool) -> None:
    """The event, whose actor is the link."""
    record(event, by=str(request), case=request.case, target=request, **details)
