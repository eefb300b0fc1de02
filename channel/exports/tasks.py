"""Work off the request: making a file for who asked, and forgetting those whose day is over."""

import logging

from django.db import transaction

from accounts.middleware import identity_of
from channel.exports.actions import exports
from channel.exports.kinds import KINDS
from prevent_cms import wall

log = logging.getLogger(__name__)


def make(export_id: int) -> None:
    """Make one file with the eyes of who asked for it; done again, it changes nothing.

    A failure is told to the person and not tried again: they may ask anew.
    """
    export = exports.begin(export_id)
    if export is None:
        return
    kind = KINDS[export.kind]
    try:
        with wall.acting_for(identity_of(export.asked_by)):
            with transaction.atomic():
                kind.require(export, export.asked_by)
            file = kind.make(export, lambda done, total: exports.note_progress(export, done, total))
    except Exception:  # whatever it is, the person must not wait for ever
        log.exception("Export %s could not be made", export.pk)
        exports.fail(export)
    else:
        exports.finish(export, file)


def forget_expired() -> None:
    """Take away what has expired (every hour)."""
    exports.forget_expired()
