"""Telling the referrer of an outcome: an officer does it, and writes down what was said (R216)."""

import datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access, feedback
from referrals.models import Case, Feedback, Referral

Said = Feedback.Said


@transaction.atomic
def give_feedback(
    referral: Referral, *, said: str, how: str, on: datetime.date, note: str = "", by: User
) -> Feedback:
    """Record what a referrer was told, once; nothing may be said that could warn the person.

    Police read it, and the coordinators too where the referrer did not ask for anonymity and
    nothing is guarded. Raises ActionDenied without the permission, ActionInvalid before there is an
    outcome, a second time, or for words that may not be said of this case.
    """
    case = Case.objects.locked(referral.case_id)
    access.require(by, Perm.FEEDBACK_GIVE, case)
    given = Feedback.objects.filter(referral=referral).exists()
    if case.status not in feedback.TELLABLE or given:
        raise ActionInvalid(NOT_NOW)
    is_guarded = feedback.is_guarded(case)
    _check(case, said, how, on, note, is_guarded=is_guarded)
    told = case.is_released and not (is_guarded or referral.wants_anonymity)
    mark = Mark.COORDINATION if told and referral.mark != Mark.POLICE else Mark.POLICE
    made: Feedback = Feedback.objects.create(
        case=case, mark=mark, referral=referral, said=said, how=how, on=on, note=note, by=by
    )
    record(EventType.FEEDBACK_GIVEN, by=by, case=case, target=made, mark=mark)
    return made


def _check(
    case: Case, said: str, how: str, on: datetime.date, note: str, *, is_guarded: bool
) -> None:
    """Raise ActionInvalid for what may not be said, or is not said."""
    wanted = [
        (said not in feedback.sayable(case), "This may not be said to the referrer of this case."),
        (said != Said.NOTHING and how not in Feedback.How.values, "Say how the referrer was told."),
        (said == Said.NOTHING and bool(how), "Nobody was told, so leave out how."),
        (said == Said.NOTHING and not note.strip(), "Say why the referrer could not be told."),
        (
            is_guarded and said != Said.NOTHING and bool(note.strip()),
            "Nothing more may be said to the referrer of this case.",
        ),
        (on > clock.today(), "The day cannot be in the future."),
    ]
    for is_wrong, words in wanted:
        if is_wrong:
            raise ActionInvalid(words)
