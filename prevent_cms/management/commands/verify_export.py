from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prevent_cms.history import exports


class Command(BaseCommand):
    help = "Say whether a signed export of the log is whole, just as it left the service."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--key", default="", help="The public key from the log's page, instead of SECRET_KEY."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        try:
            manifest = exports.read(path, key=options["key"])
        except exports.NotWhole as wrong:
            raise CommandError(f"{path} is not whole: {wrong}.") from None
        self.stdout.write(
            f"{path} is whole: {manifest['rows']} events, exported by {manifest['by']} "
            f"at {manifest['at']}."
        )
