"""The building blocks: words, meaning beside colour, escaping, and mistakes that fail loudly."""

import datetime

import pytest
from django.template import Context, Template, TemplateSyntaxError

from prevent_cms import clock
from prevent_cms.components import text
from prevent_cms.marking import Mark
from prevent_cms.presentation import CaseBar, Count, NavItem, NextAction, Tab, Who
from tests.ground.forms import EveryKind
from tests.ground.test_rendering import Page

NOW = datetime.datetime(2026, 11, 20, 9, 12, tzinfo=datetime.UTC)


def draw(source, **context):
    with clock.at(NOW):
        return Template("{% load govuk %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime.datetime(2026, 11, 9, 10, 42, tzinfo=datetime.UTC), "9 November 2026, 10:42am"),
        (datetime.datetime(2026, 11, 9, 17, 0, tzinfo=datetime.UTC), "9 November 2026, 5pm"),
        (datetime.datetime(2026, 11, 9, 12, 0, tzinfo=datetime.UTC), "9 November 2026, midday"),
        (datetime.datetime(2026, 11, 9, 0, 0, tzinfo=datetime.UTC), "9 November 2026, midnight"),
        (datetime.datetime(2026, 7, 9, 23, 5, tzinfo=datetime.UTC), "10 July 2026, 12:05am"),
        (datetime.date(2026, 11, 9), "9 November 2026"),
        (None, ""),
        ("", ""),
    ],
)
def test_moments_in_words(moment, words):
    assert draw("{{ moment|gov_datetime }}", moment=moment) == words


def test_days_leave_out_this_year():
    assert draw("{{ d|gov_day }}", d=datetime.date(2026, 11, 9)) == "9 November"
    assert draw("{{ d|gov_day }}", d=datetime.date(2025, 11, 9)) == "9 November 2025"
    assert draw("{{ d|gov_weekday }}", d=datetime.date(2026, 11, 9)) == "Monday 9 November 2026"
    assert draw("{{ d|gov_day }}{{ d|gov_weekday }}{{ d|gov_time }}{{ d|age }}", d=None) == ""


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (datetime.date(2010, 11, 20), "16 years old"),
        (datetime.date(2010, 11, 21), "15 years old"),
        (datetime.date(2025, 1, 1), "1 year old"),
    ],
)
def test_age(born, words):
    assert draw("{{ born|age }}", born=born) == words


def test_counting_words():
    source = "{{ n|counted:'day' }}, {{ n|counted:'agency,agencies' }}"
    assert draw(source, n=1) == "1 day, 1 agency"
    assert draw(source, n=1200) == "1,200 days, 1,200 agencies"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "Not provided"),
        (None, "Not provided"),
        ([], "Not provided"),
        (0, "0"),
        (True, "Yes"),
        (False, "No"),
        (["a", "<b>"], "a<br>&lt;b&gt;"),
        ("one\ntwo <i>", "one<br>two &lt;i&gt;"),
        (datetime.date(2026, 11, 9), "9 November 2026"),
        (datetime.time(14, 30), "2:30pm"),
    ],
)
def test_answers_as_shown(value, words):
    assert text.shown(value) == words


EVERY_TAG = """
{% breadcrumbs "Meetings" "/m/" "In session" %}{% back_link "/back/" %}
{% error_summary form %}{% panel sly %}{{ sly }}{% endpanel %}
{% banner "Important" id="one" %}{{ sly }}{% endbanner %}
{% tag sly "red" %}{% ref sly %}{% late sly %}{% link sly "/x/" sly %}
{% submit sly "warning" name="go" value=sly %}{% button_link sly "/x/" "start" hidden=sly %}
{% post_button sly "/take/" hidden=sly meeting=sly %}
{% inset %}{{ sly }}{% endinset %}{% warning %}{{ sly }}{% endwarning %}
{% details sly open=True %}{{ sly }}{% enddetails %}
{% summary_card sly "/x/" "Read" hidden=sly %}
{% summary_list %}{% summary_row sly sly "/x/" %}{% summary_item sly %}{{ sly }}{% endsummary_item %}
{% endsummary_list %}{% endsummary_card %}
{% table sly "Case" "~Action" %}{% row %}{% row_head %}{{ sly }}{% endrow_head %}
{% cell "Due" sly numeric=True %}{% cell_block "Action" %}{{ sly }}{% endcell_block %}{% endrow %}
{% endtable %}{% pagination previous="/p/" next="/n/" next_label=sly %}
{% task_list %}{% task sly "/x/" "In progress" id="a" hint=sly %}
{% task sly "" "Cannot start yet" id="b" %}{% endtask_list %}
{% who_sees sly id="who" %}{% mark "POLICE" sly %}{% police_zone sly %}{{ sly }}{% endpolice_zone %}
{% timeline %}{% timeline_item sly at by=sly mark="AGENCY" %}{{ sly }}{% endtimeline_item %}
{% endtimeline %}{% meter states %}{% counts figures %}{% icon "lock" %}
"""


def test_every_tag_closes_what_it_opens_and_escapes_what_it_is_given():
    sly = '"><script>alert(1)</script>'
    form = EveryKind({"name": sly})
    form.is_valid()
    form.add_error(None, sly)
    figures = [Count(3, sly, "/x/", sly, "red"), Count(0, "Due today", "/x/")]
    page = Page(draw(EVERY_TAG, sly=sly, form=form, at=NOW, states=["in", ""], figures=figures))
    assert "script" not in {element["tag"] for element in page.all}
    assert len(page.ids()) == len(set(page.ids()))
    assert not any("style" in element for element in page.all)


@pytest.mark.parametrize(
    "source",
    [
        "{% tag 'Late' color='red' %}",
        "{% summary_row 'Key' %}",
        "{% table %}{% endtable %}",
        "{% who_sees %}",
        "{% nonsense %}",
    ],
)
def test_mistakes_fail_when_the_template_is_read(source):
    with pytest.raises(TemplateSyntaxError):
        draw(source)


def test_misspelt_status_of_a_mark_fails():
    with pytest.raises(ValueError, match="SECRET"):
        draw("{% mark 'SECRET' %}")


@pytest.mark.parametrize("mark", Mark)
def test_marks_say_it_in_words(mark):
    assert mark.label in draw("{% mark m %}", m=mark)
    assert mark.label in draw("{% mark m %}", m=mark.value)


def test_police_line_has_lock_and_words():
    drawn = draw("{% who_sees who %}", who=Who("two officers.", police=True))
    assert "app-who--police" in drawn
    assert "two officers." in drawn


def test_police_zone_says_so_once():
    assert draw("{% police_zone 'screening' %}{% endpolice_zone %}").count("Police only") == 1
    drawn = draw("{% police_zone 'Police only: screening' %}{% endpolice_zone %}")
    assert drawn.count("Police only") == 1


def test_timeline_marks_only_what_others_must_not_see():
    source = "{% timeline_item 'Done' at mark=mark %}{% endtimeline_item %}"
    assert "Police only" in draw(source, at=NOW, mark=Mark.POLICE)
    assert "Panel" not in draw(source, at=NOW, mark=Mark.PANEL)
    assert "description" not in draw(source, at=NOW, mark="")


def test_table_keeps_its_meaning_when_folded():
    drawn = draw(
        "{% table 'Overdue' 'Case' 'Due' %}{% row %}{% row_head %}A{% endrow_head %}"
        "{% cell 'Due' 'x' %}{% endrow %}{% endtable %}"
    )
    roles = [element.get("role") for element in Page(drawn).all if "role" in element]
    assert roles == [
        "table",
        "rowgroup",
        "row",
        "columnheader",
        "columnheader",
        "rowgroup",
        "row",
        "rowheader",
        "cell",
    ]
    assert 'data-label="Due"' in drawn


def test_count_of_nought_is_no_link():
    assert "<a " not in draw("{% counts figures %}", figures=[Count(0, "Overdue", "/x/")])


def test_pager_without_anywhere_to_go_is_left_out():
    assert draw("{% pagination %}") == ""


def test_error_summary_links_to_the_first_wrong_part():
    form = EveryKind({"born_day": "1", "born_month": "13", "born_year": "2010"})
    drawn = draw("{% error_summary form %}", form=form)
    assert 'href="#id_born_1"' in drawn
    assert 'href="#id_source_0"' in drawn
    assert 'href="#id_name"' in drawn


def test_error_summary_is_left_out_without_errors():
    assert draw("{% error_summary form %}", form=EveryKind()) == ""
    assert draw("{% error_summary form %}", form=None) == ""


def page(template, **context):
    from django.template.loader import render_to_string

    with clock.at(NOW):
        return Page(render_to_string(template, context))


BAR = CaseBar(
    reference="TST-26-618204-K",
    name="Callum Invented",
    born_line="16 years old",
    stage="Information gathering",
    since=datetime.date(2026, 11, 12),
    owner="Priya Invented",
    owner_agency="Testshire police",
    waiting="2 agencies",
    waiting_since=datetime.date(2026, 11, 12),
    due_what="Return",
    due_on=datetime.date(2026, 11, 19),
    late="1 working day overdue",
    next_action=NextAction("Phone youth justice", "/next/", "no answer"),
    tabs=[Tab("Overview", "/o/", active=True), Tab("Timeline", "/t/")],
)


def test_case_bar_answers_who_what_whom_and_when():
    drawn = page("form_page.html", form=EveryKind(), title="Record screening", bar=BAR)
    [bar] = [e for e in drawn.all if e.get("aria-label") == "Case"]
    words = " ".join(bar["text"].split())
    for fact in (
        "Callum Invented",
        "TST-26-618204-K",
        "Information gathering since 12 November",
        "Priya Invented Testshire police",
        "2 agencies since 12 November",
        "19 November, 1 working day overdue",
        "Next action: no answer",
        "Phone youth justice",
    ):
        assert fact in words


def test_title_has_page_and_reference_and_no_name():
    drawn = page("form_page.html", form=EveryKind(), title="Record screening", bar=BAR)
    [title] = [e["text"] for e in drawn.all if e["tag"] == "title"]
    assert title == "Record screening - TST-26-618204-K - Prevent case management"


def test_title_of_a_refused_form_says_error():
    drawn = page("form_page.html", form=EveryKind({}), title="Record screening", reference="R")
    [title] = [e["text"] for e in drawn.all if e["tag"] == "title"]
    assert title == "Error: Record screening - R - Prevent case management"


def test_bar_leaves_out_what_is_empty():
    drawn = page("form_page.html", form=EveryKind(), title="T", bar=CaseBar("TST-26-618204-K"))
    [bar] = [e for e in drawn.all if e.get("aria-label") == "Case"]
    assert bar["text"].split() == ["TST-26-618204-K"]
    assert not any(e.get("aria-label") == "This case" for e in drawn.all)


def test_navigation_says_where_one_is_and_what_a_badge_counts():
    items = [
        NavItem("My work", "/work/", badge=5, badge_words="overdue"),
        NavItem("Cases", "/c/", True),
    ]
    drawn = page("form_page.html", form=EveryKind(), title="T", navigation=items)
    [current] = [e for e in drawn.all if e.get("aria-current") == "true"]
    assert current["text"] == "Cases"
    [work] = [e for e in drawn.all if e.get("href") == "/work/"]
    assert "(5 overdue)" in work["text"]


@pytest.mark.parametrize("context", [{"bar": BAR}, {}])
def test_every_page_has_one_h1_and_its_marking_twice(context):
    drawn = page(
        "form_page.html", form=EveryKind(), title="T", marking="OFFICIAL-SENSITIVE", **context
    )
    assert len([e for e in drawn.all if e["tag"] == "h1"]) == 1
    marks = [e["text"] for e in drawn.all if e.get("class") == "app-marking"]
    assert marks == ["OFFICIAL-SENSITIVE"] * 2


@pytest.mark.parametrize(("shown", "end"), [(False, " when filled in"), (True, "")])
def test_public_page_is_marked_by_what_it_shows(shown, end):
    context = {"marking": "OFFICIAL-SENSITIVE", "answers_shown": shown, "back_url": "/back/"}
    drawn = page("public.html", **context)
    marks = [e["text"] for e in drawn.all if e.get("class") == "app-marking"]
    assert marks == [f"OFFICIAL-SENSITIVE{end}"] * 2
    assert any("Exit this page" in e["text"] for e in drawn.all if e["tag"] == "a")
    assert [e["href"] for e in drawn.all if e.get("class") == "govuk-back-link"] == ["/back/"]
    assert not any("govuk-service-navigation" in e.get("class", "") for e in drawn.all)
