from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from referrals.workflow import CASE_WORKFLOW

HEAD = """# The status of a case

Drawn from `referrals/workflow.py` by `manage.py draw_workflow`; a test holds the two together.
HELD goes back to the stage it came from. Outside police a held case shows its earlier stage.

```mermaid
"""


def page() -> str:
    """The whole document: the diagram, and a table of who calls which move."""
    rows = "\n".join(
        f"| {m.name} | {', '.join(sorted(m.sources))} | {m.target or 'where it was'} "
        f"| {m.permission} | {m.app} |"
        for m in CASE_WORKFLOW.moves.values()
    )
    table = "| move | from | to | permission | called from |\n|---|---|---|---|---|\n"
    return f"{HEAD}{CASE_WORKFLOW.diagram()}\n```\n\n{table}{rows}\n"


class Command(BaseCommand):
    help = "Draw the status table into docs/status.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BASE_DIR / "docs" / "status.md")

    def handle(self, *args: Any, **options: Any) -> None:
        options["to"].write_text(page())
        self.stdout.write(f"Written: {options['to']}")
