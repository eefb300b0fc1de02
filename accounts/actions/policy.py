"""Changing one value of an area's policy, from a day on."""

import datetime
from typing import Any

from django.db import transaction

from accounts import policy_values
from accounts.area_policy import in_force
from accounts.models import Agency, Area, User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.versions import Rows


def partners_of(area: Area) -> dict[str, str]:
    """Key and name of the agencies that a value can name."""
    rows = area.agencies.filter(kind=Agency.Kind.PARTNER, is_active=True)
    return dict(rows.order_by("name").values_list("key", "name"))


def entry_of(area: Area, name: str) -> dict[str, Any]:
    """What is stored of a value; the usual one where the area says nothing."""
    usual = {"value": policy_values.default_of(name), "source": "default"}
    return dict(area.policy.get(name, usual))


@transaction.atomic
def set_value(
    area: Area,
    *,
    name: str,
    value: Any,
    starts_on: datetime.date,
    by: User,
    version: int | None = None,
) -> Area:
    """Let one value be another from a day on, today or later; a change planned before is dropped.

    Dates that are set already stay; guards read the policy in force on their day. `version` is the
    one that was seen. Raises ActionDenied without the permission, ActionInvalid for a value or day
    that cannot be or that changes nothing, Stale when somebody else has changed the policy since.
    """
    area = Area.objects.select_for_update().get(pk=area.pk)
    if not by.holds(Perm.POLICY_EDIT):
        raise ActionDenied("Only a system administrator changes the policy of an area.")
    if version not in (None, Rows(Area, id=area.pk).version):
        raise Stale("Somebody else has changed this policy since you opened the page.")
    _require_possible(area, name, value, starts_on)
    area.policy = {**area.policy, name: _changed(entry_of(area, name), value, starts_on)}
    area.policy_version += 1
    area.save(update_fields=["policy", "policy_version"])
    record(
        EventType.POLICY_CHANGED,
        by=by,
        area_code=area.code,
        target=area,
        value=name,
        version=area.policy_version,
        starts=starts_on.isoformat(),
    )
    return area


def _require_possible(area: Area, name: str, value: Any, starts_on: datetime.date) -> None:
    """Raise ActionInvalid for a value or a day that cannot be, or that changes nothing."""
    if not policy_values.is_editable(name):
        raise ActionInvalid("This value comes with the file of the area.")
    if fault := policy_values.VALUES[name].wrong(value, partners_of(area)):
        raise ActionInvalid(fault)
    if starts_on < clock.today():
        raise ActionInvalid("A value begins today or later.")
    if is_same(entry_of(area, name), value):
        raise ActionInvalid("This is the value already.")


def is_same(entry: dict[str, Any], value: Any) -> bool:
    """Whether this value is in force and nothing else is planned."""
    now = in_force(entry, clock.today())
    is_planned = entry.get("later", {}).get("from", "") > clock.today().isoformat()
    return not is_planned and plain(now) == plain(value)


def plain(value: Any) -> Any:
    """A value as JSON stores it."""
    return list(value) if isinstance(value, tuple) else value


def _changed(entry: dict[str, Any], value: Any, starts_on: datetime.date) -> dict[str, Any]:
    """The entry with its new value: at once, or beside the one in force until then."""
    today, day = clock.today(), starts_on.isoformat()
    if starts_on == today:
        return {"value": plain(value), "source": "area", "from": day}
    later = entry.get("later")
    if later and later["from"] <= today.isoformat():
        entry = {"value": later["value"], "source": "area", "from": later["from"]}
    kept = {name: plain(entry[name]) for name in ("value", "source", "from") if name in entry}
    return kept | {"later": {"value": plain(value), "from": day}}
