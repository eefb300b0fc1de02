"""A case as a partner sees it: the same code, the same words, and nothing that acts."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import stand_in
from accounts.roles import ShareKind
from prevent_cms.history.models import Event
from prevent_cms.marking import Mark
from referrals import previews
from referrals.access import Reader
from referrals.actions import hold, restricting, sharing
from referrals.models import Case, CaseGroupObjectPermission, Consent, InformationReturn
from tests import stages
from tests.access import as_user, expect


def url(case, name="case_preview"):
    return reverse(name, args=[case.reference])


def asked(world, key, **more):
    return {"as": world.agency(key).pk, **more}


def preview(by, case, world, key, **more):
    response = as_user(by).get(url(case), asked(world, key, **more))
    assert response.status_code == 200
    return response.content.decode()


def words(html):
    """What there is to read in the bar of a case, its tabs and its page."""
    begin = html.index('<section class="moj-identity-bar')
    html = html[begin : html.index("<footer")]
    html = re.sub(r'<div class="app-case-bar__next.*?</div>', "", html, flags=re.DOTALL)
    html = re.sub(r'<span class="app-case-bar__why.*?</span>', "", html, flags=re.DOTALL)
    html = re.sub(r"<[^>]*>", "\n", previews.to_read(html))
    return [line.strip() for line in html.split("\n") if line.strip()]


def has_part(case, world):
    """The pages a partner has, once a plan runs."""
    return {
        "health": ("case_overview", "case_timeline", "case_panel", "case_plan"),
        "children": ("case_overview", "case_timeline", "case_panel", "case_plan"),
        "provider": ("case_overview", "case_timeline", "case_plan"),
        "council": tuple(previews.PAGES),
    }


def test_it_says_what_a_real_reader_of_that_agency_reads(world):
    case = stages.plan_written(world)
    readers = {"health": world.health, "children": world.children, "provider": world.provider}
    for key, user in readers.items():
        for name in has_part(case, world)[key]:
            real = as_user(user).get(url(case, name)).content.decode()
            seen = preview(world.officer, case, world, key, page=name)
            acts = {"Signed copy of these entries"}  # a preview takes no copy
            assert words(seen) == [one for one in words(real) if one not in acts], (key, name)


def test_it_says_to_the_council_what_its_prevent_lead_reads(world):
    """The stand-in holds every role there, so acts differ; what is written of the case does not."""
    case = stages.answered(world)
    real = words(as_user(world.lead).get(url(case, "case_referral")).content.decode())
    assert words(preview(world.officer, case, world, "council", page="case_referral")) == real


def test_an_agency_that_is_only_asked(world):
    case = stages.released(world)
    real = as_user(world.health).get(url(case, "case_overview")).content.decode()
    seen = preview(world.officer, case, world, "health")
    assert words(seen) == words(real)
    assert "Preview: this is what Testshire health sees." in seen
    main = seen.split("</header>")[1]
    assert "/referral/" not in main


def test_nothing_can_be_done_in_it(world):
    case = stages.plan_written(world)
    for key, names in has_part(case, world).items():
        for name in names:
            text = preview(world.officer, case, world, key, page=name)
            inside = text[text.index('<section class="moj-identity-bar') : text.index("<footer")]
            assert "<form" not in inside
            assert "<button" not in inside
            assert 'role="button"' not in inside
            for href in re.findall(r'href="([^"#]+)"', inside):
                assert href.startswith(url(case) + "?as="), href
    expect(url(case), {world.officer: 405}, method="post")


def test_its_tabs_lead_to_the_same_preview(world):
    case = stages.plan_written(world)
    text = preview(world.officer, case, world, "health")
    there = f"{url(case)}?as={world.agency('health').pk}&amp;page=case_plan"
    assert f'href="{there}"' in text
    plan = preview(world.officer, case, world, "health", page="case_plan")
    assert "Support plan" in plan


def test_who_previews(world, elsewhere):
    case = stages.released(world)
    here = f"{url(case)}?as={world.agency('health').pk}"
    wanted = {world.officer: 200, world.supervisor: 200, world.chair: 200, world.lead: 403}
    expect(here, {**wanted, world.administrator: 403, world.health: 403, elsewhere.officer: 404})


@pytest.mark.parametrize(
    "query", ["", "?as=", "?as=x", "?as=999999999999999999999", "?as=0", "?as=²"]
)
def test_an_agency_that_does_not_have_it_is_not_found(world, query):
    case = stages.released(world)
    expect(url(case) + query, {world.officer: 404})


def test_police_are_never_previewed(world):
    """The chair would read what is kept to police."""
    case = stages.released(world)
    for person in (world.chair, world.officer):
        assert as_user(person).get(url(case), asked(world, "police")).status_code == 404
        assert as_user(person).get(url(case), asked(world, "education")).status_code == 404


def test_an_unknown_page_is_the_first(world):
    case = stages.released(world)
    for page in ("case_screening", "nonsense", "case_hold"):
        assert "Who you were asked about" in preview(
            world.officer, case, world, "health", page=page
        )


def test_a_page_that_they_do_not_have(world):
    case = stages.released(world)
    text = preview(world.officer, case, world, "health", page="case_referral")
    assert "They cannot open this page now" in text


def test_it_is_recorded_as_a_preview_and_as_no_look_of_theirs(world):
    case = stages.released(world)
    before = Event.objects.count()
    preview(world.officer, case, world, "health")
    told = Event.objects.filter(type="case.previewed").get()
    assert Event.objects.count() == before + 1
    assert (told.actor, told.agency_id) == (world.officer, None)
    assert told.details == {"page": "case_overview", "agency": "Testshire health"}
    assert "previewed" not in as_user(world.health).get(url(case, "case_timeline")).content.decode()
    log = as_user(world.lead).get(url(case, "case_access")).content.decode()
    assert "Overview, as Testshire health" in log


def test_a_share_that_is_only_thought_of(world):
    case = stages.at_panel(world)
    rows = CaseGroupObjectPermission.objects.count()
    text = preview(world.officer, case, world, "education", kind="panel")
    assert "this is what Testshire education will see" in text
    assert "At the panel" in text
    assert "kind=panel" in text
    assert CaseGroupObjectPermission.objects.count() == rows
    assert not CaseGroupObjectPermission.history.filter(reason="Preview").exists()
    expect(url(case, "case_overview"), {world.education: 404})
    for query in (
        asked(world, "education", kind="coordinate"),
        asked(world, "police", kind="panel"),
    ):
        assert as_user(world.officer).get(url(case), query).status_code == 404
    query = asked(world, "education", kind="panel")
    assert as_user(world.chair).get(url(case), query).status_code == 404, "she cannot share"


def test_before_release_nothing_can_be_thought_of(world):
    case = stages.cleared(world)
    query = asked(world, "education", kind="panel")
    assert as_user(world.officer).get(url(case), query).status_code == 404


def test_a_restricted_case_is_closed_to_agencies(world):
    case = stages.released(world)
    restricting.restrict_case(case, people=[], reason="r", by=world.supervisor)
    assert "They cannot open this page now" in preview(world.officer, case, world, "health")


def test_a_hold_shows_to_police_only(world):
    case = stages.at_panel(world)
    hold.hold(case, reason="r", by=world.officer)
    one = sharing.Share(world.agency("education"), ShareKind.PANEL, "w", stages.grounds())
    sharing.let_in(case, one, by=world.officer)
    assert "They cannot open this page now" in preview(world.officer, case, world, "education")
    assert "At the panel" in preview(world.chair, case, world, "education")
    assert case.shares.get(group=world.agency("education").group).waits


def test_what_an_agency_keeps_to_itself_is_in_no_preview(world):
    case = stages.answered(world)
    own = InformationReturn.objects.get(case=case, agency=world.agency("children"))
    own.mark = Mark.AGENCY
    own.save()
    nobody = stand_in.reader_of(world.agency("children"))
    assert InformationReturn.objects.visible_to(world.children).count() == 1
    assert InformationReturn.objects.visible_to(nobody).count() == 0


def test_the_stand_in_is_nobody(world):
    case = stages.answered(world)
    nobody = stand_in.reader_of(world.agency("children"))
    assert nobody.pk is None
    assert Case.objects.visible_to(nobody).get() == case
    assert Reader(nobody, case).is_only_asked
    assert Consent.objects.visible_to(nobody).count() == 0


def test_pages_keep_their_words():
    html = '<a class="x" href="/a/?b=1&amp;c">A &amp; B&#39;s</a><a href="#m">M</a><br/><a href="/k/">K</a>'
    read = previews.to_read(html + "<form><b>f</b>&amp;</form>", {"/k/": "/p/?as=1&page=k"})
    assert read == (
        '<span class="app-plain">A &amp; B&#39;s</span><a href="#m">M</a><br/>'
        '<a href="/p/?as=1&amp;page=k">K</a>'
    )


@pytest.mark.parametrize("key", ["health", "provider", "council"])
def test_its_cost(world, key):
    """The budget of the page that is looked at, and four questions of who looks through whom."""
    case, client = stages.plan_written(world), as_user(world.officer)
    client.get("/work/")
    query = asked(world, key)
    with CaptureQueriesContext(connection) as found:
        client.get(url(case), query)
    asked_for = [q["sql"] for q in found.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(asked_for) <= 14 + 4
