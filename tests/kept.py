"""What many tests begin with is made once a run, and put back as rows for each of them."""

import json
import pickle
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

# The transaction a version was written in is each time that of the test.
READ = """SELECT (to_jsonb(kept) - 'txid')::text FROM "{0}" AS kept ORDER BY id"""
WRITE = """INSERT INTO "{0}" ({1}) OVERRIDING SYSTEM VALUE
SELECT {1} FROM json_populate_recordset(NULL::"{0}", %s)"""


class Kept:
    """The rows that `make` wrote, and what it returned; nothing of it stays in the database.

    `make` may only insert. Its ids are never given out again: a sequence does not go back.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        with transaction.atomic():
            with CaptureQueriesContext(connection) as asked:
                self.made = pickle.dumps(make())
            words = [query["sql"].split('"', 2) for query in asked]
            tables = dict.fromkeys(word[1] for word in words if word[0] == "INSERT INTO ")
            written = {table: _rows(table) for table in tables}
            transaction.set_rollback(True)
        self.statements = [
            _statement(table, [row for row in rows if row not in before])
            for table, rows in written.items()
            for before in [set(_rows(table))]
        ]

    def put_back(self) -> Any:
        """Write the rows again; a fresh copy of what was made goes out."""
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in self.statements:
                cursor.execute(*statement)
        return pickle.loads(self.made)


def _rows(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(READ.format(table))
        return [row for (row,) in cursor.fetchall()]


def _statement(table: str, rows: list[str]) -> tuple[str, list[str]]:
    columns = ", ".join(f'"{name}"' for name in json.loads(rows[0]))
    return WRITE.format(table, columns), ["[" + ", ".join(rows) + "]"]
