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

    def agencies(self, *keys: str) -> list[Agency]:
        return [self.agency(key) for key in keys]


def read(path: str) -> Any:
    """A file of `fixtures/`."""
    return json.loads((settings.BASE_DIR / "fixtures" / path).read_text(encoding="utf-8"))


@transaction.atomic
def assemble(slug: str) -> Cast:
    """Load an area and make the accounts that it does not have yet."""
    area = areas.load(read(f"areas/{slug}.json"))
    users = {}
    for row in read(f"demo/{slug}-people.json"):
        user = User.objects.filter(email=row["email"]).first()
        if user is None:
            user = people.add(email=row["email"], name=row["name"], password=PASSWORD, by=None)
            for role in row["roles"]:
                people.join(user, agency=area.agencies.get(key=row["agency"]), role=role, by=None)
        users[row["email"].split("@")[0]] = user
    return Cast(area, users)
