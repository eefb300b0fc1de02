from prevent_cms.history.models import Event
from prevent_cms.outbox import OutboxMessage
from prevent_cms.references import ReferenceCounter

__all__ = ["Event", "OutboxMessage", "ReferenceCounter"]
