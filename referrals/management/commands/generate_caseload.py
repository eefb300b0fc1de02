from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Area, Membership
from accounts.roles import Role
from prevent_cms import wall
from referrals.actions import caseload


class Command(BaseCommand):
    help = "Make many invented cases in an area, to see and to measure how the service copes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, required=True)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--area", default="NFK")

    @wall.as_service()
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Invented cases are made only with DEMO=1.")
        area = Area.objects.filter(code=options["area"]).first()
        officer = (
            Membership.objects.current()
            .filter(agency__area=area, role=Role.CT_CASE_OFFICER)
            .select_related("user")
            .first()
        )
        if area is None or officer is None:
            raise CommandError("Load the demonstration data first: manage.py load_demo")
        made = caseload.generate(
            area=area, officer=officer.user, cases=options["cases"], seed=options["seed"]
        )
        self.stdout.write(f"{made} cases made")
