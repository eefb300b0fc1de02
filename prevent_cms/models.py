from prevent_cms.drafts.models import Draft
from prevent_cms.history.checks import LogCheck
from prevent_cms.history.models import Event
from prevent_cms.outbox import OutboxMessage
from prevent_cms.references import ReferenceCounter

__all__ = ["Draft", "Event", "LogCheck", "OutboxMessage", "ReferenceCounter"]
