"""The people of the tests: one of every role in Testshire, and strangers from elsewhere."""

import json
from dataclasses import dataclass
from pathlib import Path

from accounts.actions import areas, people
from accounts.models import Agency, Area, User
from accounts.roles import Role

PASSWORD = "test-Prevent-2026"

# name -> (agency key, roles)
EVERYBODY: dict[str, tuple[str, tuple[Role, ...]]] = {
    "officer": ("police", (Role.CT_CASE_OFFICER,)),
    "supervisor": ("police", (Role.POLICE_SUPERVISOR,)),
    "police_auditor": ("police", (Role.POLICE_AUDITOR,)),
    "lead": ("council", (Role.PREVENT_LEAD,)),
    "chair": ("council", (Role.PANEL_CHAIR,)),
    "deputy": ("council", (Role.DEPUTY_CHAIR,)),
    "administrator": ("council", (Role.PANEL_ADMINISTRATOR,)),
    "auditor": ("council", (Role.AUDITOR,)),
    "children": ("children", (Role.AGENCY_CONTACT, Role.PANEL_MEMBER)),
    "health": ("health", (Role.AGENCY_CONTACT, Role.PANEL_MEMBER)),
    "education": ("education", (Role.AGENCY_CONTACT, Role.PANEL_MEMBER)),
    "provider": ("provider", (Role.PROVIDER,)),
    "sysadmin": ("provider", (Role.SYSTEM_ADMINISTRATOR,)),
}


@dataclass
class World:
    """An area with its people; `world.officer` is a user, `world.agency("health")` an agency."""

    area: Area
    users: dict[str, User]

    def __getattr__(self, name: str) -> User:
        try:
            return vars(self)["users"][name]
        except KeyError:
            raise AttributeError(name) from None

    def agency(self, key: str) -> Agency:
        return self.area.agencies.get(key=key)


def build(code: str = "TST", slug: str = "test", policy: dict | None = None) -> World:
    """Make an area like Testshire, with one person of every role."""
    data = json.loads((Path(__file__).parent / "areas" / "test.json").read_text())
    data.update(code=code, slug=slug, policy=policy or {})
    area = areas.load(data)
    users = {}
    for name, (key, roles) in EVERYBODY.items():
        user = people.add(
            email=f"{name}@{slug}.example",
            name=f"{name.title()} Invented",
            password=PASSWORD,
            by=None,
        )
        for role in roles:
            people.join(user, agency=area.agencies.get(key=key), role=role, by=None)
        users[name] = user
    return World(area, users)
