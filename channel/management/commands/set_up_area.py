import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.actions import areas, people
from accounts.models import Agency, Area
from accounts.roles import Role
from prevent_cms import wall
from prevent_cms.errors import ActionInvalid
from vaf.actions import frameworks


class Command(BaseCommand):
    help = "Load an area and the assessment framework, and invite its first system administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="like fixtures/areas/norfolk.json")
        parser.add_argument(
            "--administrator", nargs=2, metavar=("EMAIL", "NAME"), help="who looks after people"
        )

    @wall.as_service()
    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Everything or nothing; run again after the file has changed, it loads what differs."""
        framework = settings.BASE_DIR / "fixtures" / "vaf-2012.json"
        try:
            frameworks.load(json.loads(framework.read_text(encoding="utf-8")))
            area = areas.load(json.loads(options["file"].read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"{options['file']} cannot be loaded: {error}") from None
        self.stdout.write(f"{area.name} is loaded with {area.agencies.count()} agencies.")
        if options["administrator"]:
            self.invite(area, *options["administrator"])

    def invite(self, area: Area, email: str, name: str) -> None:
        """Mail a link; the administrator chooses a password and invites everybody else."""
        desk = area.agencies.filter(kind=Agency.Kind.NATIONAL).first()
        if desk is None:
            raise CommandError('The area has no agency of the kind "national" to work in.')
        try:
            people.invite(
                email=email, name=name, agency=desk, role=Role.SYSTEM_ADMINISTRATOR, by=None
            )
        except ActionInvalid as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"An invitation goes to {email} with the next run of the outbox.")
