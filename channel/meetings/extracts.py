"""One item of the minutes for the file of its case: the same record, hash and words, and no other
case."""

from dataclasses import dataclass
from functools import cached_property

from django.http import Http404

from accounts.models import User
from channel.meetings import access, reading
from channel.meetings.copies import Copy
from channel.meetings.models import AgendaItem
from referrals.models import Case


@dataclass(frozen=True)
class Extract:
    item: AgendaItem
    copy: Copy

    @property
    def shown(self) -> reading.ShownItem:
        """The item in words; it is not there when its case is closed to the reader."""
        shown = [one for _, items in self.record.groups for one in items]
        return next(one for one in shown if one.number == self.item.number and not one.restricted)

    @cached_property
    def record(self) -> reading.ShownRecord:
        return self.copy.shown

    @property
    def filename(self) -> str:
        """A panel, a day and a number."""
        stem = self.copy.filename.removeprefix("minutes-").removesuffix(".pdf")
        return f"extract-{stem}-item-{self.item.number}.pdf"


def get_extract(user: User, case: Case, pk: int) -> Extract:
    """The record of one item of this case; Http404 when the item or its meeting is not open.

    Raises ActionInvalid while there are no minutes for this reader.
    """
    items = AgendaItem.objects.visible_to(user).filter(case=case, pk=pk)
    item = items.select_related("meeting").first()
    if item is None:
        raise Http404
    meeting = access.get_meeting(user, item.meeting_id)
    access.require_minutes(user, meeting)
    return Extract(item, Copy(meeting, user))
