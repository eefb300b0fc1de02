"""Setting up an area with its agencies from a fixture; loading it again changes what differs."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from accounts import policy_values
from accounts.area_policy import AreaPolicy
from accounts.models import Agency, Area


@transaction.atomic
def load(data: dict[str, Any]) -> Area:
    """Make or bring up to date an area from `fixtures/areas/<slug>.json`; ValueError for a bad policy.

    `data` holds code, slug, name, policy (key -> value and source) and agencies. A changed policy
    gets the next version number; guards read the policy in force. What an administrator has set
    since stays.
    """
    AreaPolicy.read(data["policy"])
    partners = {row["key"]: row["name"] for row in data["agencies"]}
    if found := policy_values.faults(data["policy"], partners):
        raise ValueError("; ".join(found))
    area = Area.objects.filter(code=data["code"]).first() or Area(code=data["code"])
    policy = data["policy"] | {name: e for name, e in area.policy.items() if _is_own(e)}
    if area.pk and area.policy != policy:
        area.policy_version += 1
    _bring_up_to_date(area, {"slug": data["slug"], "name": data["name"], "policy": policy})
    loaded = {row["key"]: _load_agency(area, row) for row in data["agencies"]}
    for row in data["agencies"]:  # a council can stand after those who serve its part of the area
        _serve(loaded[row["key"]], loaded[row["council"]] if "council" in row else None)
    return area


def _is_own(entry: dict[str, Any]) -> bool:
    return entry["source"] == "area" or "later" in entry


def _load_agency(area: Area, row: dict[str, Any]) -> Agency:
    agency = area.agencies.filter(key=row["key"]).first() or Agency(area=area, key=row["key"])
    if agency.group_id is None:
        agency.group = Group.objects.create(name=f"{area.code}: {row['key']}")
    names = ("kind", "name", "controller", "mailbox", "power_to_share", "is_core", "districts")
    _bring_up_to_date(agency, {name: row[name] for name in names if name in row})
    return agency


def _bring_up_to_date(record: Area | Agency, values: dict[str, Any]) -> None:
    """Save what differs; a record that is as it should be is left alone, without a new version."""
    changed = {name: value for name, value in values.items() if getattr(record, name) != value}
    for name, value in changed.items():
        setattr(record, name, value)
    if changed or record.pk is None:
        record.save()


def _serve(agency: Agency, council: Agency | None) -> None:
    _bring_up_to_date(agency, {"council": council})
