"""A real installation gets its area, its framework and its first administrator by one command."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Area, User
from accounts.roles import Role
from prevent_cms import outbox
from vaf.models import Framework

NORFOLK = "fixtures/areas/norfolk.json"
WHO = ("first@service.example", "First Invented")

pytestmark = pytest.mark.django_db


def test_an_area_its_framework_and_who_looks_after_people(mailoutbox):
    call_command("set_up_area", NORFOLK, "--administrator", *WHO)
    assert Area.objects.get().slug == "norfolk"
    assert Framework.objects.exists()
    user = User.objects.get()
    assert user.roles == {Role.SYSTEM_ADMINISTRATOR}
    assert not user.has_usable_password()
    outbox.drain()
    assert [mail.to for mail in mailoutbox] == [[WHO[0]]]


def test_again_changes_nothing_and_invites_nobody_twice():
    call_command("set_up_area", NORFOLK, "--administrator", *WHO)
    call_command("set_up_area", NORFOLK)
    assert Area.objects.get().policy_version == 1
    with pytest.raises(CommandError, match="already an account"):
        call_command("set_up_area", NORFOLK, "--administrator", *WHO)


@pytest.mark.parametrize("spoil", ["missing", "no json", "no code", "no desk"])
def test_a_file_that_is_wrong_loads_nothing(tmp_path, spoil):
    data = json.loads(Path(NORFOLK).read_text(encoding="utf-8"))
    data["agencies"] = [one for one in data["agencies"] if one["kind"] != "national"]
    if spoil == "no code":
        del data["code"]
    file = tmp_path / "area.json"
    if spoil != "missing":
        file.write_text("{" if spoil == "no json" else json.dumps(data))
    with pytest.raises(CommandError):
        call_command("set_up_area", str(file), "--administrator", *WHO)
    assert not Area.objects.exists()
    assert not User.objects.exists()
