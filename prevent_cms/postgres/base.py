"""Django's PostgreSQL connection; each transaction opens by saying for whom it acts (wall.py)."""

from django.db.backends.postgresql import base

from prevent_cms import wall


class DatabaseWrapper(base.DatabaseWrapper):
    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        if not autocommit:
            wall.tell(self)
