"""The head of every page of a case: whole for every reader, and the same whatever police keep quiet."""

import datetime
import html
import re
import uuid

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve

from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals import pages
from referrals.actions import hold, lifecycle, sharing
from referrals.models import Referral
from tests import stages
from tests.access import as_user, steady
from tests.referrals.answers import answers

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
FACTS = ["Stage", "Owner", "Waiting for", "Next due"]
BAR = re.compile(r'<section [^>]*aria-label="Case">.*?</section>', re.DOTALL)
TABS = re.compile(r'<nav [^>]*aria-label="This case">.*?</nav>', re.DOTALL)


def words_in(text):
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", text).split()))


def facts_of(text):
    """The facts of the bar as a reader reads them."""
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", BAR.search(text)[0], re.DOTALL)
    return {name: words_in(value) for name, value in found}


def next_of(text):
    """The next action with its reason."""
    return words_in(re.search(r'app-case-bar__next[^"]*">(.*)</section>', text, re.DOTALL)[1])


def tabs_of(text):
    return re.findall(r'class="moj-sub-navigation__link"[^>]*>([^<]*)<', TABS.search(text)[0])


def overview(user, case):
    answer = as_user(user).get(f"/cases/{case.reference}/")
    assert answer.status_code == 200, user
    return answer.content.decode()


def is_whole(text, case):
    """Reference, four facts with something said, one next action with its reason, the marking."""
    bar, facts = BAR.search(text)[0], facts_of(text)
    assert case.reference in bar
    assert list(facts) == FACTS
    assert all(facts.values()), facts
    assert bar.count("app-case-bar__next") == 1
    assert re.match(r"Next action: .+ \S+", next_of(text))
    assert len(re.findall('role="button"|<button', bar)) <= 1
    assert text.count("OFFICIAL-SENSITIVE") == 2


POLICE = {"officer", "supervisor"}
COORDINATORS = {"lead", "chair", "deputy", "administrator"}
EVERYBODY = ["Overview", "Timeline"]
NEW = ["Overview", "Referral", "Sharing", "Timeline", "Access log"]
UNCLEARED = ["Overview", "Referral", "Screening", "Threshold", "Sharing", "Timeline", "Access log"]


def of_police(*later):
    return [
        *("Overview", "Referral", "Screening", "Threshold"),
        *("Information requests", "Sharing", "Consent"),
        *later,
        *("Timeline", "Access log"),
    ]


def of_council(*later):
    return [tab for tab in of_police(*later) if tab != "Screening"]


AFTER = ("Assessment", "Panel", "Plan")
GATHER = "See the requests"
# stage -> the tabs of police, of the council, of an agency and of the provider; who does what next
STAGES = {
    "received": (NEW, None, None, {"officer": "Take this referral"}),
    "screened": (UNCLEARED, None, None, {"officer": "Check for investigations"}),
    "cleared": (UNCLEARED, None, None, {"officer": "Release"}),
    "released": (
        of_police(),
        of_council(),
        EVERYBODY,
        {"officer": GATHER, "lead": GATHER, "chair": None, "children": "Answer the request"},
    ),
    "answered": (
        of_police(),
        of_council(),
        EVERYBODY,
        {"officer": GATHER, "administrator": None, "health": "Open the request"},
    ),
    "assessed": (
        of_police("Assessment"),
        of_council("Assessment"),
        EVERYBODY,
        {"officer": "Assess and convene", "lead": "Sign off convening", "administrator": None},
    ),
    "at_panel": (
        of_police("Assessment", "Panel"),
        of_council("Assessment", "Panel"),
        EVERYBODY,
        {"officer": "See the panel", "administrator": "See the panel"},
    ),
    "plan_written": (
        of_police(*AFTER),
        of_council(*AFTER),
        ["Overview", "Panel", "Plan", "Timeline"],
        {"lead": "See the plan", "administrator": None, "children": "See the plan"},
    ),
    "exited": (
        of_police(*AFTER),
        of_council(*AFTER),
        ["Overview", "Panel", "Plan", "Timeline"],
        {"lead": "See the plan", "administrator": None, "children": None},
    ),
}


@pytest.mark.parametrize("stage", STAGES)
def test_every_role_has_the_whole_bar_and_the_tabs_that_have_begun(world, stage):
    police, council, agency, doing = STAGES[stage]
    case = getattr(stages, stage)(world)
    wanted = dict.fromkeys(POLICE, police)
    wanted |= dict.fromkeys(COORDINATORS, council) if council else {}
    wanted |= dict.fromkeys({"children", "health"}, agency) if agency else {}
    for name, tabs in wanted.items():
        text = overview(world.users[name], case)
        is_whole(text, case)
        assert tabs_of(text) == tabs, name
        if name in doing:
            assert (doing[name] or "Nothing from you") in next_of(text), name


def test_a_held_case_asks_police_to_check_again(world):
    case = hold.hold(stages.released(world), reason="r", by=world.officer)
    text = overview(world.officer, case)
    is_whole(text, case)
    assert "it is held Check again" in next_of(text)


def test_the_provider_is_led_to_the_plan(world):
    case = stages.plan_written(world)
    text = overview(world.provider, case)
    is_whole(text, case)
    assert tabs_of(text) == ["Overview", "Plan", "Timeline"]
    assert "for your part of it See the plan" in next_of(text)
    assert facts_of(text)["Next due"] == "In My work"


def test_why_says_how_the_requests_stand(world):
    case = stages.released(world)
    assert "2 agencies to answer" in next_of(overview(world.officer, case))
    with clock.at(clock.now() + datetime.timedelta(days=40)):
        text = overview(world.lead, case)
        assert "2 answers overdue" in next_of(text)
        assert "overdue" in facts_of(text)["Next due"]
        facts = facts_of(overview(world.health, case))
        assert facts["Waiting for"].startswith("Your answer since")
        assert "overdue" in facts["Next due"]
    case = stages.answered(world, name="B", born="1990-01-01")
    text = overview(world.officer, case)
    assert "every agency has answered" in next_of(text)
    assert facts_of(text)["Waiting for"].startswith("Officer Invented since")


def test_the_page_of_the_next_action_names_it_without_a_button(world):
    case = stages.released(world)
    page = as_user(world.officer).get(f"/cases/{case.reference}/requests/").content.decode()
    is_whole(page, case)
    assert "on this page See the requests" in next_of(page)
    assert "<a" not in re.search(r"app-case-bar__next.*?</section>", page, re.DOTALL)[0]


def test_who_sits_at_the_panel_reads_with_whom_the_case_is(world):
    case = stages.answered(world)
    words = (world.agency("education"), ShareKind.PANEL, "Papers", stages.grounds(power="Law"))
    sharing.share_case(case, [sharing.Share(*words)], by=world.officer)
    text = overview(world.education, case)
    is_whole(text, case)
    assert facts_of(text)["Waiting for"] == "With police"
    words = (world.agency("health"), ShareKind.PANEL, "Papers", stages.grounds(power="Law"))
    sharing.share_case(case, [sharing.Share(*words)], by=world.officer)
    text = overview(world.health, case)
    assert facts_of(text)["Waiting for"].startswith("With police since")
    assert "it is with others now" in next_of(text)


def test_a_closed_case_waits_for_nobody_unless_a_review_is_to_come(world):
    case = stages.exited(world)
    assert facts_of(overview(world.lead, case))["Waiting for"].startswith("Officer Invented")
    case = lifecycle.make_move(stages.released(world, name="B"), "close", by=world.officer)
    facts = facts_of(overview(world.lead, case))
    assert facts["Waiting for"].startswith("Nobody since")
    assert facts["Next due"] == "Nothing"
    assert "the case is closed" in next_of(overview(world.lead, case))


def crawl(user, case):
    """Every page of the case that links lead this person to: name of the address -> the page."""
    browser, found, queue = as_user(user), {}, [f"/cases/{case.reference}/"]
    seen = set(queue)
    while queue:
        address = queue.pop()
        try:
            name = resolve(address).url_name
        except Resolver404:
            continue
        if name in found or name == "case_preview":
            continue
        answer = browser.get(address)
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        found[name] = answer.content.decode()
        links = re.findall(rf'href="(/cases/{case.reference}/[^"?#]*)', found[name])
        queue += [link for link in links if link not in seen]
        seen.update(links)
    return found


CRAWLED = {
    ("screened", "supervisor"): {
        "case_threshold",
        *("case_overview", "case_referral", "case_screening", "case_deconfliction"),
        *("case_hold", "case_close", "case_assign", "case_sharing", "case_timeline"),
        *("case_access", "case_why", "case_restrict", "case_bar"),
    },
    ("plan_written", "lead"): {
        *("case_overview", "case_referral", "case_requests", "case_consent", "case_assessments"),
        *("case_assessment", "case_panel", "case_plan", "case_plan_item"),
        *("case_plan_item_new", "case_review", "case_sharing", "case_timeline", "case_access"),
    },
    ("supported", "education"): {"case_overview", "case_panel", "panel_action", "case_why"},
}


@pytest.mark.parametrize(("stage", "name"), CRAWLED)
def test_every_page_of_a_case_has_the_whole_bar(world, stage, name):
    case = getattr(stages, stage)(world)
    found = crawl(world.users[name], case)
    for page, text in found.items():
        assert BAR.search(text), page
        is_whole(text, case)
    assert CRAWLED[stage, name] <= set(found)


def join(world, case):
    """A second referral has reached the case, and nobody has cleared it."""
    with transaction.atomic():
        referral = Referral.objects.create(
            case=case,
            mark="POLICE",
            reference="TST-26-999999-Z",
            area=world.area,
            form_key=uuid.uuid4(),
            form_version="2026-1",
            answers=answers(what="CANARY"),
            sector="education",
        )
        record(EventType.REFERRAL_RECEIVED, by="Referrer", case=case, target=referral)


QUIET = {
    "hold": lambda world, case: hold.hold(case, reason="r", by=world.officer),
    "join": join,
}
READERS = ("lead", "health", "provider")


def everything(world, case):
    """Every page that a tab or a list shows to somebody outside police."""
    told = {}
    for name in READERS:
        browser = as_user(world.users[name])
        first = browser.get(f"/cases/{case.reference}/")
        tabs = TABS.search(first.content.decode()) if first.status_code == 200 else None
        links = re.findall('href="([^"]*)"', tabs[0]) if tabs else []
        links = [link for link in links if "/access/" not in link]  # these looks stand there
        for address in [*links, "/cases/", "/work/"]:
            told[name, address] = steady(browser.get(address))
    return told


@pytest.mark.parametrize("stage", ["answered", "plan_written"])
@pytest.mark.parametrize("quiet", QUIET)
def test_outside_police_no_byte_changes(world, stage, quiet):
    with clock.at(NOW):
        case = getattr(stages, stage)(world)
        before = everything(world, case)
        QUIET[quiet](world, case)
        after = everything(world, case)
    assert len(before) >= 14
    assert [place for place in before if before[place] != after[place]] == []


def test_next_action_table_covers_every_open_stage():
    assert set(pages.NEXT_ACTIONS) == set(pages.ORDER) - {"CLOSED"}
