"""An export is its asker's and nobody else's; what is in it must be open to them when it leaves."""

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import User
from channel.exports.files import GONE
from channel.exports.kinds import KINDS
from channel.exports.models import Export
from channel.meetings.models import AgendaItem
from prevent_cms.errors import ActionInvalid

MOST = 50
NOT_READY = "This file is not ready."
EXPIRED = "This file was kept for 24 hours and is gone. Make a new one."


def exports_for(user: User) -> QuerySet[Export]:
    """The exports that this person asked for, without their files; newest first."""
    return Export.objects.filter(asked_by=user).defer("content")


def get_export(user: User, pk: int) -> Export:
    """One of them; Http404 for everybody else's."""
    found = exports_for(user).filter(pk=pk).first()
    if found is None or found.kind not in KINDS:
        raise Http404
    return found


def require_open(user: User, export: Export) -> None:
    """Raise unless the file is there and all that is in it may still be read by who asked for it.

    A case that was restricted, recalled or barred since then keeps the whole file back
    (ActionInvalid); what its kind asks for besides is in its `require`.
    """
    if export.state_now == Export.State.EXPIRED:
        raise ActionInvalid(EXPIRED)
    if not export.is_ready:
        raise ActionInvalid(NOT_READY)
    KINDS[export.kind].require(export, user)
    if AgendaItem.objects.visible_to(user).filter(pk__in=export.holds).count() != len(export.holds):
        raise ActionInvalid(GONE)
