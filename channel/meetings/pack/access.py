"""Who may open a pack: whoever may know of the meeting, while its newest version is not recalled."""

from channel.meetings.models import Meeting, Pack
from prevent_cms.errors import ActionInvalid

NONE_YET = "The pack comes with the agenda, which has not been issued yet."


def require_any(meeting: Meeting) -> Pack:
    """The newest version, recalled or not; ActionInvalid before the first."""
    newest = Pack.newest(meeting)
    if newest is None:
        raise ActionInvalid(NONE_YET)
    return newest


def require_current(meeting: Meeting) -> Pack:
    """The version that is read now; ActionInvalid before the first, or when it was recalled."""
    newest = require_any(meeting)
    if newest.recalled:
        raise ActionInvalid(newest.recalled.sentence)
    return newest


def require_intact(meeting: Meeting) -> Pack:
    """The same, or ActionInvalid when its record is no longer what was issued."""
    pack = require_current(meeting)
    if not pack.is_intact:
        raise ActionInvalid("The pack does not match its hash. Tell the system administrator.")
    return pack
