from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prevent_cms.history import chain


class Command(BaseCommand):
    help = "Prove the event chain; name the first broken event and fail if there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = chain.first_broken()
        if broken:
            raise CommandError(
                f"Event {broken.event_id} (chain {broken.chain}, number {broken.seq}) is broken: "
                f"{broken.fault}."
            )
        self.stdout.write(f"All {chain.count()} events are whole.")
