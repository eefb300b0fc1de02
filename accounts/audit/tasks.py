"""What the log does by itself, every day (outbox handlers)."""

from accounts.models import Agency, Membership
from accounts.roles import Role
from prevent_cms import notify
from prevent_cms.components.text import gov_date, thousands
from prevent_cms.history import EventType, checks, heads
from prevent_cms.history.record import record


def publish_heads() -> None:
    """Write today's head hashes outside the database, mail their hash, and check the whole log."""
    written = heads.publish()
    record(
        EventType.HEADS_PUBLISHED,
        by="The service",
        day=written.day.isoformat(),
        chains=written.chains,
        sha256=written.sha256,
    )
    checks.begin()
    notify.send(
        "heads_published",
        to=_mailboxes(),
        path="/audit/",
        day=gov_date(written.day),
        chains=thousands(written.chains),
        sha256=written.sha256,
    )


def _mailboxes() -> list[str]:
    """The mailboxes of the agencies in which somebody is a police auditor now."""
    seats = Membership.objects.current().filter(role=Role.POLICE_AUDITOR, user__is_active=True)
    agencies = Agency.objects.filter(pk__in=seats.values("agency_id")).exclude(mailbox="")
    return sorted({agency.mailbox for agency in agencies})
