"""The area, its agencies and the accounts of the demonstration."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.actions import areas, people
from accounts.models import Agency, Area, User

PASSWORD = "demo-Prevent-2026"  # refused unless DEMO=1 (load_demo)


@dataclass
class Cast:
    """An area and who works there; `cast["ctco"]` is the user of ctco@."""

    area: Area
    users: dict[str, User]

    def __getitem__(self, name: str) -> User:
        return self.users[name]

    def agency(self, key: str) -> Agency:
        return self.area.agencies.get(key=key)

    def member(self, agency: Agency) -> User | None:
        """Who comes to the panel for an agency; not every agency has an account here."""
        key = {"police": "ctco", "council": "prevent-lead"}.get(agency.key, agency.key)
        return self.users.get(key)

    def speaker(self, agency: Agency) -> str:
        """The name of whoever comes to the panel for an agency."""
        member = self.member(agency)
        return member.name if member else f"{agency.name}: Sam Invented"

    def agencies(self, *keys: str) -> list[Agency]:
        return [self.agency(key) for key in keys]


def read(path: str) -> Any:
    """A file of `fixtures/`."""
    return json.loads((settings.BASE_DIR / "fixtures" / path).read_text(encoding="utf-8"))


@transaction.atomic
def assemble(slug: str) -> Cast:
    """Load an area and make the accounts that it does not have yet."""
    area = areas.load(read(f"areas/{slug}.json"))
    agencies = {agency.key: agency for agency in area.agencies.all()}
    rows = read(f"demo/{slug}-people.json")
    known = {user.email: user for user in User.objects.filter(email__in=[r["email"] for r in rows])}
    users = {}
    for row in rows:
        user = known.get(row["email"])
        if user is None:
            user = people.add(email=row["email"], name=row["name"], password=PASSWORD, by=None)
            for role in row["roles"]:
                people.join(
                    user,
                    agency=agencies[row["agency"]],
                    role=role,
                    remit=row.get("remit", ""),
                    by=None,
                )
        users[row["email"].split("@")[0]] = user
    return Cast(area, users)
