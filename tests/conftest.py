import os
from contextlib import contextmanager

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import CaptureQueriesContext

from prevent_cms import clock, wall
from prevent_cms.guards import RUNTIME_ROLE
from tests import people
from tests.kept import Kept


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Let the owner make the test database; the tests themselves run as the run-time role."""


# A page that a browser still asks for when its test is over may hold on to the database.
END_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE \"{name}\" SET prevent.test_database = 'on'")
        connection.close()
        connection.settings_dict["OPTIONS"]["assume_role"] = RUNTIME_ROLE
    yield
    with django_db_blocker.unblock():
        connection.settings_dict["OPTIONS"].pop("assume_role", None)
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(END_OTHERS)
        connection.close()


@pytest.fixture(autouse=True)
def _acting_for_the_service():
    """What a test does outside a request is done by the service; requests act for their user."""
    with wall.as_service():
        yield


_teardown = TransactionTestCase._fixture_teardown


def _teardown_as_owner(self):
    """Only the owner may empty the tables between two transactional tests."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    _teardown(self)
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {RUNTIME_ROLE}")


TransactionTestCase._fixture_teardown = _teardown_as_owner


@pytest.fixture(scope="session")
def shelf():
    """What was made once, by its name and the day on which it was made."""
    return {}


def _put_back(shelf, name, make):
    key = name, clock.today()  # many tests have a day of their own
    if key not in shelf:
        shelf[key] = Kept(make)
    return shelf[key].put_back()


@pytest.fixture
def world(shelf, db):
    """Testshire, with one person of every role."""
    return _put_back(shelf, "world", people.build)


@pytest.fixture
def elsewhere(shelf, db):
    """Another area with people of the same roles, who must never learn of Testshire's cases."""
    return _put_back(shelf, "elsewhere", lambda: people.build(code="OTH", slug="other"))


@pytest.fixture
def django_assert_max_num_queries(db):
    """As pytest-django's, but savepoints do not count: the test's own transaction makes them."""

    @contextmanager
    def at_most(most):
        with CaptureQueriesContext(connection) as captured:
            yield captured
        asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        assert len(asked) <= most, "\n".join(asked)

    return at_most
