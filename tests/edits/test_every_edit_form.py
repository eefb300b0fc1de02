"""No form overwrites what somebody else saved: all of them, found by walking the address table."""

import inspect
import re

import pytest
from django.urls import URLPattern, get_resolver

from tests.access import as_user
from tests.edits.places import CHOICES, NO_EDITS, PLACES

METHODS = re.compile(r"require_(http_methods\(\[[^\]]*\]|POST|GET|safe)")
SIGNING_IN = ("account_", "mfa_", "usersessions_")  # one's own account


def forms_of_the_service(resolver=None):
    """The names of addresses that take a form."""
    for entry in (resolver or get_resolver()).url_patterns:
        if not isinstance(entry, URLPattern):
            yield from forms_of_the_service(entry)
            continue
        view = inspect.unwrap(entry.callback)
        if str(entry.name).startswith(SIGNING_IN):
            continue
        found = METHODS.search(inspect.getsource(view))
        if found is None or "POST" in found[0]:
            yield entry.name


def test_every_form_is_an_edit_with_a_version_or_says_why_not():
    found = set(forms_of_the_service())
    declared = {*PLACES, *CHOICES, *NO_EDITS}
    assert found - declared - {None} == set(), "say in places.py what these do"
    assert declared - found == set(), "these are gone"


@pytest.mark.parametrize("name", sorted(PLACES))
def test_every_edit_form_carries_its_version(world, name):
    place = PLACES[name](world)
    page = as_user(place.first).get(place.url).content.decode()
    assert re.search(r'name="version" value="\d+"', page)
