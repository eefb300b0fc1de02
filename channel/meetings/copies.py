"""One reader's copy of the minutes: sealed ones from the seal, a draft from what is recorded."""

import datetime
import json
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from accounts.models import User
from channel.meetings import canonical, dates, reading
from channel.meetings.models import Meeting, Minutes


@dataclass(frozen=True)
class Copy:
    """The newest version, or the one with the number `version` when there is such a one."""

    meeting: Meeting
    user: User
    version: int | None = None

    @cached_property
    def versions(self) -> list[Minutes]:
        """Every sealed version, the newest first."""
        if self.meeting.status != Meeting.Status.SEALED:
            return []
        found = Minutes.objects.filter(meeting=self.meeting).order_by("-version")
        return list(found.select_related("approved_by", "approved_meeting__panel"))

    @cached_property
    def sealed(self) -> Minutes | None:
        wanted = (one for one in self.versions if self.version in (None, one.version))
        return next(wanted, None)

    @property
    def newest(self) -> Minutes | None:
        return next(iter(self.versions), None)

    @property
    def number(self) -> int:
        """The version that is read; 0 for a draft."""
        return self.sealed.version if self.sealed else 0

    @property
    def query(self) -> str:
        """What an address of this copy ends in."""
        return f"?version={self.version}" if self.version else ""

    @property
    def is_superseded(self) -> bool:
        return self.sealed != self.newest

    @property
    def exists(self) -> bool:
        """Whether there is the version that was asked for; a draft has none."""
        return self.version is None or self.sealed is not None

    @cached_property
    def whole(self) -> canonical.Record:
        """The record; nobody is shown it but through `shown`."""
        record: canonical.Record | None = json.loads(self.sealed.record) if self.sealed else None
        return record or canonical.build(self.meeting, self.later)

    @cached_property
    def later(self) -> list[Meeting]:
        """The panel's meetings after this one."""
        return dates.later(self.meeting)

    @cached_property
    def shown(self) -> reading.ShownRecord:
        """The record in words, without what is not for this reader."""
        return reading.record(canonical.for_reader(self.whole, self.user, self.meeting))

    @property
    def digest(self) -> str:
        """The hash of the record as it stands, so that nobody approves a draft they did not see."""
        return canonical.digest(canonical.text_of(self.whole))

    @property
    def is_intact(self) -> bool:
        """Whether a sealed record is still what was sealed; a draft has no seal to break."""
        return self.sealed is None or self.sealed.is_intact

    @property
    def state(self) -> str:
        """What stands on each page: the hash of the record, or that it is a draft."""
        if not self.sealed:
            return "Draft, not approved"
        replaced = ", replaced by a later one" if self.is_superseded else ""
        return f"Version {self.sealed.version}{replaced}, SHA-256 {self.sealed.sha256}"

    @property
    def moment(self) -> datetime.datetime:
        """The fixed time of the document, so that the same copy has the same bytes."""
        if self.sealed:
            return self.sealed.approved_at
        return self.meeting.closed_at or self.meeting.starts_at

    @property
    def title(self) -> str:
        day = timezone.localdate(self.meeting.starts_at)
        return f"Minutes of the {self.meeting.panel.name}, {day.day} {day:%B %Y}"

    @property
    def filename(self) -> str:
        """A panel and a day, and nobody's name."""
        panel = self.meeting.panel
        council = f"-{panel.council.key}" if panel.council else ""
        day = timezone.localdate(self.meeting.starts_at)
        which = "-draft" if not self.number else f"-v{self.number}" if self.number > 1 else ""
        return f"minutes-{panel.area.slug}{council}-{day:%Y-%m-%d}{which}.pdf"
