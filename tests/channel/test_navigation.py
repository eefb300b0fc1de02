"""The main navigation: what a person's roles open, and nothing when signed out."""

import re

import pytest
from django.test import Client

from tests import stages
from tests.access import as_user

SEEN = {
    "officer": ["My work", "Cases", "Meetings"],
    "chair": ["My work", "Cases", "Meetings"],
    "children": ["My work", "Cases", "Requests", "Notices", "Meetings"],
    "provider": ["My work", "Cases"],
    "auditor": ["My work", "Audit"],
    "police_auditor": ["My work", "Audit"],
    "sysadmin": ["My work", "People"],
}


def titles(text):
    links = re.findall(r'service-navigation__link" href="[^"]*"[^>]*>(.*?)</a>', text)
    return [re.sub("<.*?>", " ", link).split("  ")[0].strip() for link in links]


@pytest.mark.parametrize(("name", "items"), SEEN.items())
def test_items_by_role(world, name, items):
    assert titles(as_user(world.users[name]).get("/work/").content.decode()) == items


def test_nothing_when_signed_out(world):
    text = Client().get("/").content.decode()
    assert "My work" not in text
    assert "service-navigation__link" not in text


def test_where_one_is_and_what_waits(world):
    stages.released(world)
    text = as_user(world.children).get("/work/").content.decode()
    assert 'href="/work/" aria-current="true"' in text
    assert "(1 not answered yet)" in text
    assert "not answered yet)" not in as_user(world.education).get("/work/").content.decode()
