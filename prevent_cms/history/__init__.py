"""What is remembered: events (the story), row history (the proof) and the chain that joins them.

Use it as `record.record(EventType.X, by=user, case=case, ...)` inside an action's transaction.
"""

from prevent_cms.history.types import EventType

__all__ = ["EventType"]
