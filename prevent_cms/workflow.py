"""A status machine written as a table of moves. The table is data; the engine is this page."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices

from prevent_cms.errors import ActionInvalid
from prevent_cms.history.types import EventType

# One sentence for every refused move, so that a refusal tells nobody why (design section 4).
NOT_NOW = "This cannot be done to the case at the moment. Open the case to see what can be done."


@dataclass(frozen=True)
class Move:
    """One permitted step: where from, where to, who may, what is recorded, and which app calls it.

    `target` None means "back to where it was" and is only used by `resume`.
    """

    name: str
    sources: frozenset[TextChoices]
    target: TextChoices | None
    permission: str
    event: EventType
    app: str

    def require_from(self, status: str) -> None:
        """Raise ActionInvalid when the move does not start at this status."""
        if status not in self.sources:
            raise ActionInvalid(NOT_NOW)


class Workflow:
    def __init__(self, moves: Iterable[Move]) -> None:
        self.moves = {move.name: move for move in moves}

    def diagram(self) -> str:
        """The table as a Mermaid state diagram, for the documentation."""
        lines = [
            f"    {source} --> {move.target or 'EARLIER_STAGE'}: {move.name}"
            for move in self.moves.values()
            for source in sorted(move.sources)
        ]
        return "\n".join(["stateDiagram-v2", *lines])


def move(
    name: str,
    *sources: TextChoices,
    to: TextChoices | None,
    needs: str,
    event: EventType,
    app: str = "referrals",
) -> Move:
    """Write one row of the table."""
    return Move(name, frozenset(sources), to, needs, event, app)
