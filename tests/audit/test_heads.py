"""Head hashes outside the database: one signed line a day, mailed, and nothing taken back."""

import datetime
import json
import random

import pytest

from accounts.actions import people
from accounts.audit import tasks
from accounts.roles import Role
from prevent_cms import clock
from prevent_cms.history import heads, signing
from prevent_cms.history.checks import LogCheck
from prevent_cms.history.models import Event
from tests.audit.events import run, write

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path / "heads"
    return settings.AUDIT_HEADS


def lines():
    return heads.file().read_text().splitlines()


def publish_days(count):
    for day in range(count):
        with clock.at(clock.now() + day * DAY):
            write(random.Random(day), chains=3)
            heads.publish()


def test_one_line_a_day_with_every_head(db):
    write(random.Random(1))
    first = heads.publish()
    assert heads.publish() == first
    document = json.loads(lines()[0])
    known = run("SELECT chain, max(seq) FROM prevent_cms_event GROUP BY chain")
    assert {chain: seq for chain, seq, _ in document["heads"]} == dict(known)
    assert document["chains"] == first.chains == len(known)
    with clock.at(clock.now() + DAY):
        second = heads.publish()
    assert len(lines()) == 2
    assert json.loads(lines()[1])["before"] == first.sha256 != second.sha256
    assert heads.first_disagreement() is None


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: kept[:1] + kept[2:],
        lambda kept: kept[1:],
        lambda kept: [kept[1], kept[0], kept[2]],
        lambda kept: [kept[0].replace("case:TST", "case:TSU"), *kept[1:]],
        lambda kept: ["{}", *kept[1:]],
        lambda kept: ["[]", *kept[1:]],
        lambda kept: ["not a line", *kept[1:]],
    ],
)
def test_a_line_that_was_changed_or_taken_out_is_named(db, change):
    publish_days(3)
    heads.file().write_text("\n".join(change(lines())) + "\n")
    broken = heads.first_disagreement()
    assert "of the published heads is not as it was published" in broken.sentence


def test_a_line_signed_by_another_key_is_refused(db, settings):
    publish_days(1)
    settings.SECRET_KEY = "another-key-" * 5
    assert "Line 1" in heads.first_disagreement().sentence
    settings.SECRET_KEY_FALLBACKS = ["for-tests-only-" * 4]
    assert heads.first_disagreement() is None


def test_signatures_can_be_checked_with_the_public_key_alone():
    signature = signing.sign(b"words")
    assert signing.is_signed(b"words", signature)
    assert signing.is_signed(b"words", signature, key=signing.public_key())
    assert not signing.is_signed(b"other words", signature)
    assert not signing.is_signed(b"words", "no hexadecimal")
    assert not signing.is_signed(b"words", signature, key="00" * 31)


def test_the_daily_job_writes_mails_records_and_checks(world, mailoutbox):
    tasks.publish_heads()
    (mail,) = mailoutbox
    assert mail.to == [world.agency("police").mailbox]
    event = Event.objects.get(type="audit.heads_published")
    assert event.details["sha256"] in mail.body
    assert str(heads.file().parent) not in mail.body
    assert "TST-" not in mail.body
    assert "/audit/" in mail.body
    assert LogCheck.objects.count() == 1
    tasks.publish_heads()
    assert len(lines()) == 1, "asked again on the same day"
    assert LogCheck.objects.count() == 1, "one check at a time"


def test_mail_goes_where_a_police_auditor_works_now(world, elsewhere, mailoutbox):
    for membership in elsewhere.police_auditor.memberships.all():
        people.leave(membership, by=None)
    tasks.publish_heads()
    assert [mail.to for mail in mailoutbox] == [[world.agency("police").mailbox]]
    assert elsewhere.supervisor.memberships.filter(role=Role.POLICE_AUDITOR).count() == 0
