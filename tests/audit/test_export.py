"""A signed copy of what a search found: complete, safe to open, and a changed byte is found."""

import csv
import io
import json
import re
import shutil
import zipfile

import pytest
from django.core.management import CommandError, call_command

from accounts.audit import actions
from prevent_cms import csv_files, outbox
from prevent_cms.history import EventType, exports, heads, signing
from prevent_cms.history.models import Event
from tests import stages
from tests.access import as_user, prove, sign_in
from tests.audit.test_log_page import broken_log, page, total

WHY = {"why": "commissioner"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path / "heads"


@pytest.fixture
def police(world):
    return as_user(world.police_auditor)


def download(client, query="", **data):
    response = client.post(f"/audit/export/{query}", {**WHY, **data})
    assert response.status_code == 200, response
    assert response["Content-Type"] == "application/zip"
    assert re.fullmatch(
        r'attachment; filename="audit-[\d-]+\.zip"', response["Content-Disposition"]
    )
    return response.content


def opened(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        rows = list(csv.reader(io.StringIO(file.read("events.csv").decode("utf-8"), newline="")))
        return rows, json.loads(file.read("manifest.json"))


def kept(tmp_path, content, name="copy.zip"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_a_copy_holds_what_the_search_found(world, police, tmp_path, capsys):
    from accounts.audit import tasks

    case = stages.released(world)
    tasks.publish_heads()
    count = total(page(police, reference=case.reference))
    content = download(police, f"?reference={case.reference}&group=shared&group=changed")
    rows, manifest = opened(content)
    assert rows[0] == ["OFFICIAL-SENSITIVE", f"Exported by {world.police_auditor.label}"]
    assert len(rows) - 2 == manifest["rows"] == count
    assert manifest["filter"] == [case.reference, "Shared, exported", "Changed a record"]
    assert manifest["by"] == world.police_auditor.label
    assert manifest["why"] == "commissioner"
    assert manifest["published"]["sha256"] == heads.publish().sha256
    assert manifest["key"] == signing.public_key()
    assert manifest["key"] in page(police)
    last = Event.objects.filter(case_reference=case.reference).order_by("-seq").first()
    head = {"number": last.seq, "hash": bytes(last.hash).hex()}
    assert manifest["heads"] == {f"case:{case.reference}": head}
    path = kept(tmp_path, content)
    call_command("verify_export", str(path))
    assert f"is whole: {count} events, exported by" in capsys.readouterr().out
    call_command("verify_export", str(path), "--key", signing.public_key())


def test_the_copy_is_an_event_with_codes_only(world, police):
    stages.released(world)
    download(police, "?group=shared", person="officer")
    event = Event.objects.filter(type=EventType.EXPORTED).get()
    assert event.actor == world.police_auditor
    assert event.details.keys() == {"page", "why", "rows", "groups", "terms"}
    assert "officer" not in str(event.details)


def test_outside_police_no_number_tells_of_a_gap(world):
    case = stages.released(world)
    rows, manifest = opened(download(as_user(world.auditor), f"?reference={case.reference}"))
    assert manifest["heads"] == {}
    assert manifest["published"] == {}
    assert "Number" not in rows[1]
    assert "Hash before" not in rows[1]
    assert not [row for row in rows if "Referral received" in row]


def test_a_changed_byte_is_found(world, police, tmp_path):
    stages.released(world)
    whole = kept(tmp_path, download(police))
    assert exports.read(whole)["rows"] > 0
    with zipfile.ZipFile(whole) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    for name, words in [
        ("events.csv", "was changed after it was signed"),
        ("manifest.json", "not signed with this key"),
        ("manifest.sig", "not signed with this key"),
    ]:
        for place in range(0, len(parts[name]), max(1, len(parts[name]) // 7)):
            changed = bytearray(parts[name])
            changed[place] ^= 1
            path = tmp_path / "changed.zip"
            with zipfile.ZipFile(path, "w") as file:
                for part, content in {**parts, name: bytes(changed)}.items():
                    file.writestr(part, content)
            with pytest.raises(exports.NotWhole, match=words):
                exports.read(path)


def test_what_is_no_copy_of_ours_is_refused(world, police, tmp_path, settings, monkeypatch):
    stages.released(world)
    path = kept(tmp_path, download(police))
    with pytest.raises(CommandError, match=r"is not whole: it is no zip file"):
        call_command("verify_export", str(tmp_path / "nothing.zip"))
    with pytest.raises(exports.NotWhole, match="no zip"):
        exports.read(kept(tmp_path, path.read_bytes()[:-30], "cut.zip"))
    more = shutil.copy(path, tmp_path / "more.zip")
    with zipfile.ZipFile(more, "a") as file:
        file.writestr("note.txt", "x")
    with pytest.raises(exports.NotWhole, match="nothing else"):
        exports.read(more)
    with pytest.raises(exports.NotWhole, match="not signed"):
        exports.read(path, key="00" * 32)
    monkeypatch.setattr(exports, "LARGEST", 10)
    with pytest.raises(exports.NotWhole, match="larger than"):
        exports.read(path)
    monkeypatch.undo()
    settings.SECRET_KEY = "another-key-" * 5
    with pytest.raises(exports.NotWhole, match="not signed"):
        exports.read(path)


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\uff1d1+1",
    "|cmd",
    "%0",
]


def test_no_cell_is_a_formula():
    cells = [*FORMULAS, "plain", "a=b", 'with "quotes", and comma', None, 7, "Zoë"]
    (row,) = csv.reader(io.StringIO(csv_files.written([cells]).decode(), newline=""))
    assert all(cell.startswith("'") for cell in row[: len(FORMULAS)])
    assert row[len(FORMULAS) :] == ["plain", "a=b", 'with "quotes", and comma', "", "7", "Zoë"]


def test_too_much_nothing_and_a_broken_log_give_no_copy(world, police, monkeypatch):
    stages.released(world)
    answer = police.post("/audit/export/?group=refused", WHY)
    assert answer.status_code == 409
    assert "nothing to copy" in answer.content.decode()
    monkeypatch.setattr(actions, "EXPORT_MOST", 3)
    answer = police.post("/audit/export/", WHY)
    assert answer.status_code == 409
    assert "more than 3 events, the most that one copy holds" in answer.content.decode()
    monkeypatch.undo()
    broken_log("UPDATE prevent_cms_event SET actor_label = 'Nobody' WHERE seq = 1")
    police.post("/audit/check/")
    outbox.drain()
    answer = police.post("/audit/export/", WHY)
    assert answer.status_code == 409
    assert "The log is broken" in answer.content.decode()
    assert not Event.objects.filter(type=EventType.EXPORTED, details__page="audit").exists()


def test_a_copy_needs_a_purpose_and_a_search_without_errors(police):
    for query, data in [("", {}), ("?reference=x", WHY), ("", {"why": "curiosity"})]:
        answer = police.post(f"/audit/export/{query}", data, follow=True)
        assert "No copy was made. Say why you need it" in answer.content.decode()


def test_a_copy_needs_a_fresh_proof_of_who_asks(world, client):
    sign_in(client, world.police_auditor)
    prove(client, world.police_auditor, ago=600)
    answer = client.post("/audit/export/?group=looked", WHY)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=/audit/%3Fgroup%3Dlooked")
    assert not Event.objects.filter(type=EventType.EXPORTED).exists()
