"""Codes and roles: every code is used, and no role combines what must be apart."""

import ast
from pathlib import Path

import pytest

from accounts.permissions import Perm
from accounts.roles import CHAIR_ROLES, POLICE_ROLES, ROLES, Role, ShareKind

ROOT = Path(__file__).parents[2]
APPS = ("accounts", "referrals", "vaf", "channel")


def used_codes():
    """Every `Perm.X` outside the files that define them."""
    found = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if path.name in ("permissions.py", "roles.py", "explained.py"):
                continue
            found |= {
                node.attr
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "Perm"
            }
    return found


def test_every_role_has_a_rule_with_a_description():
    assert ROLES.keys() == set(Role)
    assert all(rule.description.endswith(".") for rule in ROLES.values())


def test_every_code_belongs_to_a_role():
    given = frozenset().union(*(rule.permissions for rule in ROLES.values()))
    assert given == set(Perm)


def test_every_code_but_the_preview_is_asked_for_somewhere():
    """The page of the preview comes with a later part; until then its code only marks the role."""
    assert {perm.name for perm in Perm} - used_codes() <= {"CASE_PREVIEW"}


@pytest.mark.parametrize("role", [Role.POLICE_AUDITOR, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR])
def test_who_looks_after_logs_or_people_opens_no_case(role):
    assert ROLES[role].kinds == frozenset()
    assert Perm.CASE_VIEW not in ROLES[role].permissions


def test_what_only_police_do():
    only_police = {
        Perm.CASE_TAKE,
        Perm.SCREENING_RECORD,
        Perm.DECONFLICTION_RECORD,
        Perm.PERSON_LINK,
        Perm.CASE_HOLD,
        Perm.CASE_RELEASE,
        Perm.CASE_CLOSE,
        Perm.ASSESSMENT_WRITE,
    }
    for role, rule in ROLES.items():
        assert bool(only_police & rule.permissions) == (role in POLICE_ROLES), role


def test_what_only_chairs_do():
    only_chairs = {Perm.DECISION_RECORD, Perm.MINUTES_APPROVE}
    for role, rule in ROLES.items():
        assert bool(only_chairs & rule.permissions) == (role in CHAIR_ROLES), role


def test_no_role_signs_an_exit_for_both_sides():
    signers = {role for role, rule in ROLES.items() if Perm.EXIT_SIGN in rule.permissions}
    assert signers == CHAIR_ROLES | {Role.POLICE_SUPERVISOR}


def test_partners_and_providers_use_narrow_shares_only():
    for role in (Role.AGENCY_CONTACT, Role.PANEL_MEMBER, Role.PROVIDER):
        assert ShareKind.COORDINATE not in ROLES[role].kinds
    assert ROLES[Role.PROVIDER].kinds == {ShareKind.DELIVER}
