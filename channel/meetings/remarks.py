"""What was said of a draft of the minutes, for one reader."""

from django.http import Http404

from accounts.models import User
from channel.meetings import access
from channel.meetings.models import ItemRemark, Meeting, MeetingRemark, Remark


def unanswered(user: User, meeting: Meeting) -> int:
    """How many of these, as far as this user reads them, nobody has answered."""
    on_items = ItemRemark.objects.visible_to(user).filter(item__meeting=meeting)
    kinds = MeetingRemark.objects.filter(meeting=meeting), on_items
    first, second = (rows.filter(state=Remark.State.OPEN).values("pk") for rows in kinds)
    return first.order_by().union(second.order_by(), all=True).count()


def remarks_for(user: User, meeting: Meeting) -> list[Remark]:
    """What was said of the draft: on the whole, then item by item as far as items are open."""
    whole = MeetingRemark.objects.filter(meeting=meeting)
    whole = whole if access.is_seated(user, meeting) else whole.filter(by=user)
    on_items = ItemRemark.objects.visible_to(user).filter(item__meeting=meeting)
    both = (
        whole.select_related("by", "answered_by"),
        on_items.select_related("by", "answered_by", "item").order_by("item__position", "pk"),
    )
    return [one for rows in both for one in rows]


def get_remark(user: User, meeting: Meeting, kind: type[Remark], pk: int) -> Remark:
    """One of them; Http404 when it is not open to this user."""
    for one in remarks_for(user, meeting):
        if type(one) is kind and one.pk == pk:
            return one
    raise Http404
