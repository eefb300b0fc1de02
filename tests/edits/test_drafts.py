"""What somebody typed and has not saved: kept, offered to them alone, gone when it is saved."""

import datetime
import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.middleware import identity_of
from prevent_cms import clock, wall
from prevent_cms.drafts import keep
from prevent_cms.models import Draft
from tests import stages
from tests.access import as_user
from tests.people import PASSWORD

TYPED = "Typed at length, and saved nowhere else: £5, “quotes”\nand a second line."
KEEP = "/drafts/"


@pytest.fixture
def item(world):
    return stages.in_session(world).items.get() if stages.at_panel(world) else None


@pytest.fixture
def url(item):
    return reverse("meeting_item", args=[item.meeting_id, item.number])


def token(client, url, *, nth=0):
    page = client.get(url).content.decode()
    return re.findall(r'name="draft" value="([^"]+)" data-keep="/drafts/"', page)[nth]


def autosave(client, url, **answers):
    sent = {"draft": token(client, url), **answers}
    return client.post(KEEP, sent, headers={"Accept": "text/plain"})


def test_typing_is_kept_offered_used_and_forgotten_when_saved(world, url):
    browser = as_user(world.chair)
    said = autosave(browser, url, discussion=TYPED, risk_to_person="same", version="0")
    assert re.fullmatch(r"Saved at \d+:\d\d[ap]m", said.content.decode())
    page = as_user(world.chair).get(url).content.decode()  # another browser
    assert "We kept what you typed on" in page
    assert "Typed at length" not in page
    used = browser.get(f"{url}?draft=DecisionForm").content.decode()
    assert "“quotes”\nand a second line." in used
    assert re.search(r'name="risk_to_person" type="radio" value="same" checked', used)
    sent = {"discussion": TYPED, "version": "0", "draft": token(browser, url)}
    assert browser.post(url, sent).status_code == 302
    assert not Draft.objects.exists()


def test_without_scripts_a_button_keeps_it(world, url):
    browser = as_user(world.chair)
    page = browser.get(url).content.decode()
    assert page.count('formaction="/drafts/"') == 1
    sent = {"draft": token(browser, url), "discussion": TYPED}
    answer = browser.post(KEEP, sent, follow=True).content.decode()
    assert "Kept for 30 days" in answer
    assert "We kept what you typed on" in answer


def test_it_can_be_thrown_away(world, url):
    browser = as_user(world.chair)
    autosave(browser, url, discussion=TYPED)
    browser.post(KEEP, {"draft": token(browser, url), "throw": "yes"})
    assert not Draft.objects.exists()
    assert "We kept what you typed" not in browser.get(url).content.decode()


def test_two_forms_of_a_page_have_two_drafts(world, url):
    browser = as_user(world.officer)
    browser.get(url)
    note = token(browser, url)
    browser.post(KEEP, {"draft": note, "text": TYPED, "version": "7"})
    page = browser.get(f"{url}?draft=PoliceNoteForm").content.decode()
    assert "a second line." in page
    assert as_user(world.supervisor).get(url).content.decode().count("We kept") == 0


def test_what_is_sent_after_the_session_ended_is_kept(world, url):
    browser = as_user(world.chair)
    sent = {"draft": token(browser, url), "discussion": TYPED, "version": "0"}
    browser.logout()
    answer = browser.post(url, sent)
    assert answer.status_code == 302
    assert answer.url == f"/accounts/login/?next={url}"
    with wall.acting_for(identity_of(world.chair)), transaction.atomic():
        assert Draft.objects.get().answers["discussion"] == [TYPED]
    back = browser.post(answer.url, {"login": world.chair.email, "password": PASSWORD})
    assert back["Location"] == url
    assert "We kept what you typed" in as_user(world.chair).get(url).content.decode()


def test_a_draft_of_one_is_nobody_elses(world, url):
    browser = as_user(world.chair)
    mine = token(browser, url)
    autosave(browser, url, discussion=TYPED)
    for person in (world.deputy, world.administrator, world.sysadmin, world.officer):
        other = as_user(person)
        for asked in (url, f"{url}?draft=DecisionForm", f"{url}?draft=SaidForm"):
            assert "Typed at length" not in other.get(asked).content.decode()
        assert other.post(KEEP, {"draft": mine, "discussion": "Theirs"}).status_code == 404
        with wall.acting_for(identity_of(person)), transaction.atomic():
            assert not Draft.objects.exists()
    assert Draft.objects.get().answers["discussion"] == [TYPED]


def test_the_database_lets_nobody_write_for_somebody_else(world):
    row = {"user": world.chair, "page": "/x/", "form": "F"}
    with (
        pytest.raises(DatabaseError),
        wall.acting_for(identity_of(world.officer)),
        transaction.atomic(),
    ):
        Draft.objects.create(**row)


def test_nothing_is_shown_when_access_was_withdrawn(world, url, item):
    browser = as_user(world.chair)
    mine = token(browser, url)
    autosave(browser, url, discussion=TYPED)
    for membership in world.chair.memberships.all():
        membership.started_on -= datetime.timedelta(days=9)
        membership.ended_on = clock.today()
        membership.save()
    for asked in (url, f"{url}?draft=DecisionForm"):
        answer = as_user(world.chair).get(asked)
        assert answer.status_code in (403, 404)
        assert "Typed at length" not in answer.content.decode()
    sent = {"draft": mine, "discussion": "And this as well, which was typed later"}
    refused = as_user(world.chair).post(url, sent)
    assert refused.status_code in (403, 404)
    assert "And this as well, which was typed later" in refused.content.decode()


def test_a_made_up_or_old_place_is_no_place(world, url, monkeypatch):
    browser = as_user(world.chair)
    for made_up in ("", "x", "a:b:c"):
        assert browser.post(KEEP, {"draft": made_up, "discussion": TYPED}).status_code == 404
    assert browser.post(url, {"draft": "x", "version": "0"}).status_code == 200
    mine = token(browser, url)
    monkeypatch.setattr(keep, "TOKEN_LASTS", datetime.timedelta(seconds=-1))
    assert browser.post(KEEP, {"draft": mine, "discussion": TYPED}).status_code == 404
    assert not Draft.objects.exists()


def test_more_than_a_form_can_hold_is_not_kept(world, url, monkeypatch):
    monkeypatch.setattr(keep, "MOST", 100)
    autosave(as_user(world.chair), url, discussion=TYPED * 10)
    assert not Draft.objects.exists()


def test_after_thirty_days_it_goes(world, url):
    browser = as_user(world.chair)
    autosave(browser, url, discussion=TYPED)
    with clock.at(clock.now() + datetime.timedelta(days=29)):
        keep.forget_old()
    assert Draft.objects.exists()
    with clock.at(clock.now() + datetime.timedelta(days=31)):
        assert "We kept" not in browser.get(url).content.decode()
        keep.forget_old()
    assert not Draft.objects.exists()


def test_what_is_confirmed_on_a_second_page_forgets_the_draft_as_well(world):
    case = stages.screened(world)
    url = reverse("case_deconfliction", args=[case.reference])
    browser = as_user(world.officer)
    sent = {"outcome": "clear", "systems": ["pnc", "pnd", "local"], "seen": "0"}
    autosave(browser, url, **sent)
    assert Draft.objects.exists()
    assert browser.post(url, {**sent, "confirmed": "yes"}).status_code == 302
    assert not Draft.objects.exists()
