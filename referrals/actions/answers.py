"""Writing an answer, screen by screen, passing it to a colleague, and sending it (R89)."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals.actions import returns
from referrals.answers import BY_SLUG, NAMES, holds_nothing, missing
from referrals.information import colleagues
from referrals.models import InformationRequest, InformationReturn, ReturnDraft


@transaction.atomic
def save_part(
    request: InformationRequest,
    slug: str,
    answers: Mapping[str, str],
    *,
    is_done: bool,
    version: int,
    by: User,
) -> ReturnDraft:
    """Save one screen of the agency's draft; `is_done` unless the writer means to come back to it.

    `version` is the one that was seen, 0 for none. Raises Stale for another, ActionDenied for
    anyone but a contact of the asked agency and whom it was passed to, ActionInvalid once the
    answer is sent or the case closed, and while it waits to be countersigned.
    """
    request = returns.locked(request, by=by, perm=Perm.INFORMATION_WRITE)
    if request.answered_at:
        raise ActionInvalid("Your agency has answered already. You can add to that answer.")
    draft = _draft(request)
    if draft.written_at and draft.passed_to_id == by.pk:
        raise ActionInvalid("It waits to be countersigned. Ask to have it back.")
    if draft.version != version:
        raise Stale("A colleague has saved this answer since you opened it.")
    part = BY_SLUG[slug]
    for name in part.names:
        setattr(draft, name, answers[name])
    done = {*draft.done, slug} if is_done else {*draft.done} - {slug}
    draft.done = sorted(done)
    draft.saved_by, draft.saved_at, draft.version = by, clock.now(), version + 1
    draft.save()
    return draft


@transaction.atomic
def send_answer(request: InformationRequest, *, by: User) -> InformationReturn | None:
    """Send what is written; sent twice it is one, and the second time there is nothing to return.

    Raises ActionDenied for anyone but a contact of the asked agency, ActionInvalid while a screen
    is missing, for an answer that says nothing, for what was passed on and is not written or was
    written by the same person, or once the case is closed.
    """
    request = returns.locked(request, by=by)
    if request.answered_at:
        return None
    draft = ReturnDraft.objects.filter(request=request).first()
    if draft is None or missing(draft):
        raise ActionInvalid("Answer every part first.")
    if holds_nothing(draft):
        raise ActionInvalid("You hold nothing, so make a nil return.")
    if draft.passed_to_id == by.pk:
        raise ActionInvalid("Somebody else countersigns what was passed to you.")
    if draft.passed_to_id and not draft.written_at:
        raise ActionInvalid("Your colleague has not finished. Take the answer back to send it.")
    told = {name: getattr(draft, name) for name in NAMES}
    return returns.answer(request, **told, written_by=draft.passed_to, by=by)


@transaction.atomic
def pass_on(request: InformationRequest, *, to: User, note: str, by: User) -> ReturnDraft:
    """Let a colleague of the agency write the answer; who passes it on countersigns and sends.

    Raises ActionDenied for anyone but a contact of the asked agency, ActionInvalid for somebody who
    is no such colleague, while it is with one, or once the answer is sent or the case closed.
    """
    draft = _unsent(request, by=by)
    if draft.passed_to_id or not colleagues(by, draft.request).filter(pk=to.pk).exists():
        raise ActionInvalid("Choose a colleague of your agency.")
    draft.passed_to, draft.passed_by, draft.passed_at, draft.note = to, by, clock.now(), note
    _save(draft, EventType.INFORMATION_PASSED, by=by)
    return draft


@transaction.atomic
def take_back(request: InformationRequest, *, by: User) -> ReturnDraft:
    """Take an answer back from a colleague, with what is written so far.

    Raises what `pass_on` raises, ActionInvalid when it is with nobody.
    """
    draft = _unsent(request, by=by)
    if not draft.passed_to_id:
        raise ActionInvalid("The answer is with nobody else.")
    draft.passed_to, draft.passed_by, draft.passed_at, draft.note = None, None, None, ""
    draft.written_at = None
    _save(draft, EventType.INFORMATION_TAKEN_BACK, by=by)
    return draft


@transaction.atomic
def hand_back(request: InformationRequest, *, by: User) -> ReturnDraft:
    """The colleague has written the answer; now it waits to be countersigned.

    Raises ActionDenied for anyone but that colleague, ActionInvalid while a screen is missing.
    """
    request = returns.locked(request, by=by, perm=Perm.INFORMATION_WRITE)
    draft = _draft(request)
    if draft.passed_to_id != by.pk:
        raise ActionDenied("The answer was not passed to you.")
    if missing(draft) or draft.written_at:
        raise ActionInvalid("Answer every part first.")
    draft.written_at = clock.now()
    _save(draft, EventType.INFORMATION_WRITTEN, by=by)
    return draft


def _unsent(request: InformationRequest, *, by: User) -> ReturnDraft:
    request = returns.locked(request, by=by)
    if request.answered_at:
        raise ActionInvalid("Your agency has answered already.")
    draft = _draft(request)
    draft.saved_by = draft.saved_by if draft.saved_by_id else by
    return draft


def _save(draft: ReturnDraft, event: EventType, *, by: User) -> None:
    """Save who has the answer now; the agency alone reads in the log that it was passed."""
    draft.version += 1
    draft.save()
    record(
        event,
        by=by,
        case=draft.case,
        target=draft,
        mark=Mark.AGENCY,
        agency_id=draft.agency_id,
    )


def _draft(request: InformationRequest) -> ReturnDraft:
    found = ReturnDraft.objects.select_for_update().filter(request=request).first()
    return found or ReturnDraft(
        case=request.case,
        request=request,
        agency_id=request.agency_id,
        mark=Mark.AGENCY,
        version=0,
    )
