"""The second wall: the database hides rows that the one for whom a transaction acts may not read.

Row-level security on every table of marked case material and its history (guards.py) reads settings
that live as long as a transaction, never as long as a connection. With nobody named, no row that is
POLICE or AGENCY is there, and no look-up key of a person. It rests on no query being right:
`visible_to` is the first wall.
"""

from collections.abc import Iterator
from contextlib import _GeneratorContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection


@dataclass(frozen=True)
class Identity:
    """For whom the database is asked: one person with their places of work, or the service."""

    user_id: int | None = None
    police_areas: frozenset[int] = frozenset()
    agencies: frozenset[int] = frozenset()
    is_service: bool = False

    @property
    def settings(self) -> dict[str, str]:
        return {
            "prevent.service": "on" if self.is_service else "",
            "prevent.user": str(self.user_id or ""),
            "prevent.police_areas": ",".join(map(str, sorted(self.police_areas))),
            "prevent.agencies": ",".join(map(str, sorted(self.agencies))),
        }


NOBODY = Identity()
# Rules that must look at what their caller may not see (is the case clear?), the public form, and
# work that outlives a request. What comes of it is a yes or a no, or goes through `visible_to`.
SERVICE = Identity(is_service=True)

_current: ContextVar[Identity] = ContextVar("acting_for", default=NOBODY)


@contextmanager
def acting_for(identity: Identity) -> Iterator[None]:
    """Name for whom the transactions inside this block act; also a decorator."""
    token = _current.set(identity)
    _retell()
    try:
        yield
    except DatabaseError:
        _current.reset(token)  # what is rolled back takes its settings along
        raise
    except BaseException:
        _current.reset(token)
        _retell()
        raise
    else:
        _current.reset(token)
        _retell()


def as_service() -> _GeneratorContextManager[None]:
    """`acting_for(SERVICE)`: for a rule that looks at more than its caller may see."""
    return acting_for(SERVICE)


def _retell() -> None:
    if connection.in_atomic_block and not connection.needs_rollback:
        tell(connection)


def tell(database: Any) -> None:
    """Tell the database for whom the transaction that has begun acts.

    And not to compile it: for what an auditor may read that takes seconds, and the answer none.
    """
    settings = {**_current.get().settings, "jit": "off"}
    with database.connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join("set_config(%s, %s, true)" for _ in settings),
            [part for setting in settings.items() for part in setting],
        )
