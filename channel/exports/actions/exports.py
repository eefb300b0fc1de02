"""Asking for a file, making it in the background, and handing it out."""

from django.db import transaction

from accounts.models import User
from channel.exports import access
from channel.exports.files import File
from channel.exports.kinds import KINDS
from channel.exports.models import KEPT, Export
from channel.meetings.models import AgendaItem
from prevent_cms import clock, outbox
from prevent_cms.history import EventType
from prevent_cms.history.record import event_of, record, record_all

State = Export.State
UNDER_WAY = (State.WAITING, State.RUNNING)


@transaction.atomic
def ask(kind: str, ids: dict[str, list[int]], *, by: User) -> Export:
    """Ask for a file of this kind; one that is under way for the same is returned instead.

    `ids` are primary keys, never content. Raises what the kind's own `require` raises.
    """
    wanted = Export(kind=kind, ids=ids, asked_by=by)
    KINDS[kind].require(wanted, by)
    User.objects.select_for_update().get(pk=by.pk)  # two clicks at once ask for one file
    running = access.exports_for(by).filter(kind=kind, ids=ids, state__in=UNDER_WAY).first()
    if running:
        return running
    wanted.save()
    outbox.add("export", export_id=wanted.pk)
    record(EventType.EXPORT_ASKED, by=by, target=wanted, kind=kind)
    return wanted


@transaction.atomic
def begin(export_id: int) -> Export | None:
    """The export to be made now, or None when it is made already or was given up."""
    rows = Export.objects.select_for_update(of=("self",)).select_related("asked_by")
    export = rows.filter(pk=export_id, state__in=UNDER_WAY).first()
    if export:
        export.state, export.done, export.total = State.RUNNING, 0, 0
        export.save(update_fields=["state", "done", "total"])
    return export


@transaction.atomic
def note_progress(export: Export, done: int, total: int) -> None:
    """Write down how far it is, for its page."""
    export.done, export.total = done, total
    export.save(update_fields=["done", "total"])


@transaction.atomic
def finish(export: Export, file: File) -> None:
    """Keep the file for a day."""
    export.content, export.name, export.media_type = file.content, file.name, file.media_type
    export.holds, export.state = sorted(set(file.holds)), State.READY
    export.finished_at = clock.now()
    export.expires_at = export.finished_at + KEPT
    export.save()


@transaction.atomic
def fail(export: Export) -> None:
    """Say that it could not be made."""
    export.state, export.finished_at = State.FAILED, clock.now()
    export.save(update_fields=["state", "finished_at"])


@transaction.atomic
def hand_out(export: Export, *, by: User) -> bytes:
    """The bytes of a file that is ready, remembered in the log of each case in it.

    Raises ActionDenied or ActionInvalid when it has expired, or when what is in it is no longer
    open to the person: access is that of the moment at which a file leaves.
    """
    access.require_open(by, export)
    of = {name: [str(pk) for pk in pks] for name, pks in export.ids.items()}
    record(EventType.EXPORTED, by=by, target=export, kind=export.kind, **of)
    items = AgendaItem.objects.filter(pk__in=export.holds).select_related("case__area")
    record_all(
        event_of(EventType.EXPORTED, by=by, case=item.case, target=item)
        for item in items.order_by("pk")
    )
    content, left = bytes(export.content or b""), KINDS[export.kind].left
    if left:
        left(export, by, content)
    return content


@transaction.atomic
def forget_expired() -> int:
    """Take away the files whose day is over; how many there were.

    One that nobody has finished within a day never will be: its person may ask anew.
    """
    lost = Export.objects.filter(state__in=UNDER_WAY, asked_at__lte=clock.now() - KEPT)
    lost.update(state=State.FAILED, finished_at=clock.now())
    over = Export.objects.filter(state=State.READY, expires_at__lte=clock.now())
    return over.update(state=State.EXPIRED, content=None, holds=[])
