"""What a kind of export promises: who may have one, and how its file is made."""

from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.models import User
from channel.exports.models import Export

GONE = "What is in this file is no longer open to you as it was. Make a new one."

# Told how many parts of how many are done; it writes that down at once.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class File:
    """A file that is made; `holds` are the agenda items whose text is in it."""

    content: bytes
    name: str
    media_type: str
    holds: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """One kind of export.

    `require` raises ActionDenied or ActionInvalid unless this person may have it now; it is asked
    when the file is wanted, before it is made and again before it is handed out. `make` reads with
    the eyes of who asked, in short transactions, and is outside any when it is called. `left` is
    told of each file that leaves, with its bytes, in the transaction that remembers it.
    """

    title: str
    require: Callable[[Export, User], None]
    make: Callable[[Export, Progress], File]
    left: Callable[[Export, User, bytes], None] | None = None
