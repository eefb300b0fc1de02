"""Setting up an area with its agencies from a fixture; loading it again changes what differs."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.area_policy import AreaPolicy
from accounts.models import Agency, Area


@transaction.atomic
def load(data: dict[str, Any]) -> Area:
    """Make or bring up to date an area from `fixtures/areas/<slug>.json`; ValueError for a bad policy.

    `data` holds code, slug, name, policy (key -> value and source) and agencies. A changed policy
    gets the next version number; guards read the policy in force.
    """
    AreaPolicy.read(data["policy"])
    area = Area.objects.filter(code=data["code"]).first() or Area(code=data["code"])
    if area.pk and area.policy != data["policy"]:
        area.policy_version += 1
    area.slug, area.name, area.policy = data["slug"], data["name"], data["policy"]
    area.save()
    for row in data["agencies"]:
        _load_agency(area, row)
    return area


def _load_agency(area: Area, row: dict[str, Any]) -> Agency:
    agency = area.agencies.filter(key=row["key"]).first() or Agency(area=area, key=row["key"])
    if agency.group_id is None:
        agency.group = Group.objects.create(name=f"{area.code}: {row['key']}")
    for name in ("kind", "name", "controller", "mailbox", "power_to_share", "is_core"):
        setattr(agency, name, row.get(name, getattr(agency, name)))
    agency.save()
    return agency
