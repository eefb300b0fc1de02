"""One reader's copy of the minutes: sealed ones from the seal, a draft from what is recorded."""

import datetime
import json
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from accounts.models import User
from channel.meetings import canonical, reading
from channel.meetings.models import Meeting, Minutes


@dataclass(frozen=True)
class Copy:
    meeting: Meeting
    user: User

    @cached_property
    def sealed(self) -> Minutes | None:
        found = Minutes.objects.filter(meeting=self.meeting).select_related("approved_by")
        return found.first()

    @cached_property
    def shown(self) -> reading.ShownRecord:
        """The record in words, without what is not for this reader."""
        whole = json.loads(self.sealed.record) if self.sealed else canonical.build(self.meeting)
        return reading.record(canonical.for_reader(whole, self.user, self.meeting))

    @property
    def is_intact(self) -> bool:
        """Whether a sealed record is still what was sealed; a draft has no seal to break."""
        return self.sealed is None or self.sealed.is_intact

    @property
    def state(self) -> str:
        """What stands on each page: the hash of the record, or that it is a draft."""
        return f"SHA-256 {self.sealed.sha256}" if self.sealed else "Draft, not approved"

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
        day = timezone.localdate(self.meeting.starts_at)
        draft = "" if self.sealed else "-draft"
        return f"minutes-{self.meeting.panel.area.slug}-{day:%Y-%m-%d}{draft}.pdf"
