from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from channel.demo import cast, moving, play, steps
from prevent_cms import clock, wall
from referrals.models import Case

AREAS = ("norfolk", "set", "oxfordshire", "northamptonshire", "bromley")
MOVES_FROM, MOVES_TO = "norfolk", "oxfordshire"
LONG_AGO = 400  # days: everybody was there before the first story begins


class Command(BaseCommand):
    help = "Load the demonstration: invented people and cases. Loading it again changes nothing."

    @wall.as_service()
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration is loaded only with DEMO=1.")
        told: dict[str, tuple[cast.Cast, dict[str, Case]]] = {}
        for slug in AREAS:
            with transaction.atomic():
                with clock.at(steps.moment(LONG_AGO)):
                    people = cast.assemble(slug)
                if not Case.objects.filter(area=people.area).exists():
                    told[slug] = people, play.play(people)
            self._print_accounts(people)
        if told.keys() >= {MOVES_FROM, MOVES_TO}:  # an area must be there to receive a case
            people, cases = told[MOVES_FROM]
            moving.propose(people, cases["waiting"], told[MOVES_TO][0].area, 2)

    def _print_accounts(self, people: cast.Cast) -> None:
        self.stdout.write(f"\n{people.area.name}: sign in with the password {cast.PASSWORD}\n")
        for user in people.users.values():
            roles = ", ".join(sorted(role.label for role in user.roles))
            self.stdout.write(f"  {user.email:<40} {roles}")
