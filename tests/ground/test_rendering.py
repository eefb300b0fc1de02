"""Every kind of field as markup: ids that join hint, who-line, error and box; reveals; errors."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.template import Context, Template

from prevent_cms import fields
from tests.ground.forms import GOOD, EveryKind

VOID = {"input", "br", "path", "img", "meta", "link", "hr"}


class Page(HTMLParser):
    """The elements of some markup in order, each a dict of attributes with `tag` and `text`."""

    def __init__(self, markup):
        super().__init__()
        self.all, self._open = [], []
        self.feed(str(markup))
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.all.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self._open[-1]["tag"] == tag, f"{tag} closes {self._open[-1]['tag']}"
            self._open.pop()

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def by_id(self, name):
        [found] = [e for e in self.all if e.get("id") == name]
        return found

    def ids(self):
        return [e["id"] for e in self.all if "id" in e]


@pytest.fixture
def empty():
    return Page(EveryKind())


@pytest.fixture
def refused():
    data = {"source": "other", "agencies": ["health"], "born_day": "31", "born_month": "2"}
    return Page(EveryKind({**data, "born_year": "2010", "what": "x" * 5012}))


def test_ids_are_unique_and_every_reference_leads_somewhere(refused):
    ids = refused.ids()
    assert len(ids) == len(set(ids))
    for element in refused.all:
        for name in element.get("aria-describedby", "").split():
            assert name in ids
        for name in ("for", "data-aria-controls", "aria-controls"):
            assert element.get(name, ids[0]) in ids


def test_hint_who_error_and_count_are_read_in_the_order_in_which_they_stand(refused):
    box = refused.by_id("id_what")
    assert box["aria-describedby"] == "id_what_who id_what_error id_what-info"
    assert "Who will see this: police first." in refused.by_id("id_what_who")["text"]
    order = refused.ids()
    assert order.index("id_what_who") < order.index("id_what_error") < order.index("id_what")


def test_long_text_has_a_character_count_and_no_cut_off(empty):
    box = empty.by_id("id_what")
    assert "govuk-js-character-count" in box["class"]
    assert "maxlength" not in box
    assert "5,000 characters" in empty.by_id("id_what-info")["text"]
    assert any(e.get("data-maxlength") == "5000" for e in empty.all)


def test_short_text_is_not_cut_off_either(empty):
    assert "maxlength" not in empty.by_id("id_name")


def test_nothing_asks_the_browser_to_check(empty, refused):
    assert not any("required" in e or "aria-invalid" in e for e in empty.all + refused.all)


def test_group_is_described_at_its_fieldset(refused):
    described = [e.get("aria-describedby") for e in refused.all if e["tag"] == "fieldset"]
    assert "id_born_helptext id_born_error" in described


def test_only_the_wrong_part_of_a_date_is_marked(refused):
    marked = [
        part
        for part in range(3)
        if "govuk-input--error" in refused.by_id(f"id_born_{part}")["class"]
    ]
    assert marked == [0]


def test_wrong_date_is_kept_as_it_was_typed(refused):
    assert [refused.by_id(f"id_born_{part}").get("value") for part in range(3)] == [
        "31",
        "2",
        "2010",
    ]


def test_whole_date_is_marked_when_all_of_it_is_wrong():
    page = Page(EveryKind({"born_day": "1", "born_month": "1", "born_year": "2100"}))
    assert all("govuk-input--error" in page.by_id(f"id_born_{n}")["class"] for n in range(3))


def test_answer_reveals_its_fields_once(empty):
    radio = empty.by_id("id_source_1")
    assert radio["data-aria-controls"] == "conditional-id_source_1"
    assert "--hidden" in empty.by_id("conditional-id_source_1")["class"]
    assert "Tell us where" in empty.by_id("conditional-id_source_1")["text"]
    assert empty.ids().count("id_detail") == 1
    assert "data-aria-controls" not in empty.by_id("id_source_0")


def test_checkbox_reveals_two_fields(refused):
    revealed = refused.by_id("conditional-id_agencies_1")
    assert "--hidden" not in revealed["class"]
    assert "Name of the surgery" in revealed["text"]
    assert "Known since" in revealed["text"]


def test_hints_of_answers_come_from_field_and_form(empty):
    assert empty.by_id("id_source_1")["aria-describedby"] == "id_source_1_hint"
    assert empty.by_id("id_source_1_hint")["text"] == "Say where below"
    assert empty.by_id("id_agencies_1_hint")["text"] == "Surgery or hospital"


def test_police_wording_has_lock_class_and_words(empty):
    line = empty.by_id("id_note_who")
    assert "app-who--police" in line["class"]
    assert "Who will see this: police" in line["text"]
    assert "app-who--police" in empty.by_id("id_detail_who")["class"]
    assert "app-who--police" not in empty.by_id("id_what_who")["class"]


def test_password_keeps_its_autocomplete_and_can_be_shown(empty):
    box = empty.by_id("id_password")
    assert box["autocomplete"] == "current-password"
    assert "govuk-js-password-input-input" in box["class"]
    assert any(e.get("aria-label") == "Show password" for e in empty.all)


def test_hidden_field_stands_alone(empty):
    assert empty.by_id("id_token")["type"] == "hidden"
    assert "class" not in empty.by_id("id_token")


def test_chosen_answer_is_checked():
    page = Page(EveryKind(GOOD))
    assert "checked" in page.by_id("id_source_0")
    assert "checked" not in page.by_id("id_source_1")


def test_line_for_the_whole_form_stands_first():
    class Whole(forms.Form):
        who_sees_all = "AGENCY"
        text = fields.ShortText(label="Text")

    assert str(Whole()).index("your own agency only") < str(Whole()).index("id_text")


def test_field_carries_its_own_who_line_and_look():
    class Own(forms.Form):
        text = fields.ShortText(
            label="Text", who="PANEL", legend="l", page_heading=True, width="10"
        )

    page = Page(Own())
    assert "the coordinators" in page.by_id("id_text_who")["text"]
    assert "govuk-input--width-10" in page.by_id("id_text")["class"]
    assert [e["text"].strip() for e in page.all if e["tag"] == "h1"] == ["Text"]


def test_markup_in_words_is_escaped():
    class Sly(forms.Form):
        who_sees = {"text": "<b>bold</b>"}
        text = fields.ShortText(label="<i>Text</i>", help_text="Plain")
        pick = fields.RadioChoice(
            label="Pick", choices=[('"><u>', "<u>One</u>")], option_hints={'"><u>': "<s>no</s>"}
        )

    page = Page(Sly({"text": '"><script>alert(1)</script>'}))
    assert not {"b", "i", "u", "s", "script"} & {e["tag"] for e in page.all}


def test_fields_written_one_by_one_look_the_same():
    form = EveryKind()
    template = Template("{% load govuk %}{% field form.name %}{% fields form 'area' 'minutes' %}")
    page = Page(template.render(Context({"form": form})))
    assert {"id_name", "id_area", "id_minutes"} <= set(page.ids())
    assert "id_what" not in page.ids()


def test_bare_widgets_are_govuk_as_well():
    form = EveryKind()
    page = Page(f"{form['source']}{form['agencies']}{form['born']}")
    assert page.by_id("id_source_0")["class"] == "govuk-radios__input"
    assert page.by_id("id_agencies_0")["class"] == "govuk-checkboxes__input"
    assert "govuk-date-input__input" in page.by_id("id_born_0")["class"]


def test_attributes_of_the_widget_are_kept():
    class Own(forms.Form):
        text = forms.CharField(widget=forms.TextInput(attrs={"class": "mine", "inputmode": "text"}))

    box = Page(Own()).by_id("id_text")
    assert box["class"] == "govuk-input mine"
    assert box["inputmode"] == "text"


def test_formset_draws_each_form_with_its_own_ids():
    formset = forms.formset_factory(EveryKind, extra=2)()
    page = Page(formset)
    ids = page.ids()
    assert len(ids) == len(set(ids))
    assert "conditional-id_form-1-source_1" in ids
