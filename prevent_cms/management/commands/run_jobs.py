import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from prevent_cms import outbox


class Command(BaseCommand):
    help = "Do the work that waits in the outbox, again and again, without a broker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due now, then stop.")
        parser.add_argument("--every", type=float, default=5, help="Seconds between two looks.")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            handled = outbox.drain()
            if handled:
                self.stdout.write(f"{handled} messages handled")
            if options["once"]:
                return
            time.sleep(options["every"])
