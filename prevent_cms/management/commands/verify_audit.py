from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prevent_cms.history import chain, heads


class Command(BaseCommand):
    help = (
        "Prove the log of events: no event was changed, none is missing from inside a chain, and "
        "what the published head hashes name is still there. Names the first broken event and fails."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--heads", type=Path, metavar="FILE", help="A copy of the published head hashes."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["heads"] or heads.file()
        if options["heads"] and not path.is_file():
            raise CommandError(f"{path} is no file.")
        broken = chain.first_broken() or heads.first_disagreement(path)
        if broken:
            raise CommandError(broken.sentence)
        more = " and as published" if path.exists() else "; no head hashes are published here yet"
        self.stdout.write(f"All {chain.count()} events are whole{more}.")
