"""What the fields take and refuse, in words a person can act on; odd input never crashes."""

import datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Area
from prevent_cms import clock, fields
from prevent_cms.typed import tidy
from tests.ground.forms import GOOD, EveryKind

NOW = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.UTC)


def refusal(field, value):
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return " ".join(caught.value.messages)


def outcome(field, value):
    """The cleaned value with no words, or None with the words of the refusal."""
    try:
        return field.clean(value), []
    except ValidationError as error:
        return None, error.messages


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (["", "", ""], "Enter date of birth"),
        (["4", "", ""], "Date of birth must include a month and year"),
        (["31", "2", "2010"], "Date of birth must be a real date"),
        (["32", "1", "2010"], "Date of birth must be a real date"),
        (["1", "13", "2010"], "Date of birth must be a real date"),
        (["1", "Brumaire", "2010"], "Date of birth must be a real date"),
        (["1", "1", "10"], "Date of birth must have a year of 4 numbers, like 2026"),
        (["1", "1", "1899"], "Date of birth must be between 1900 and 2100"),
        (["1", "1", "9" * 5000], "Date of birth must have a year of 4 numbers, like 2026"),
        (["9" * 5000, "1", "2010"], "Date of birth must be a real date"),
        (["1", "1", "2030"], "Date of birth must be in the past"),
        (["21", "11", "2026"], "Date of birth must be in the past"),
        (["\x00", "1", "2010"], "Date of birth must include a day"),
    ],
)
def test_wrong_dates_are_named(parts, words):
    with clock.at(NOW):
        assert refusal(fields.DateField(label="Date of birth", past=True), parts) == words


@pytest.mark.parametrize("month", ["11", "Nov", "november", " 11 "])
def test_months_may_be_written_in_words(month):
    assert fields.DateField().clean(["6", month, "2026"]) == datetime.date(2026, 11, 6)


@pytest.mark.parametrize(
    ("limits", "day", "words"),
    [
        ({"past": True, "or_today": True}, 21, None),
        ({"past": True, "or_today": True}, 22, "Your answer must be today or in the past"),
        ({"future": True}, 21, "Your answer must be in the future"),
        ({"future": True, "or_today": True}, 21, None),
        ({"future": True, "or_today": True}, 20, "Your answer must be today or in the future"),
        ({}, 22, None),
    ],
)
def test_limits_of_dates(limits, day, words):
    field, parts = fields.DateField(**limits), [str(day), "11", "2026"]
    with clock.at(NOW):
        if words:
            assert refusal(field, parts) == words
        else:
            assert field.clean(parts) == datetime.date(2026, 11, day)


def test_date_that_is_not_asked_for_may_be_empty():
    assert fields.DateField(required=False).clean(["", None, " "]) is None
    assert fields.DateField(required=False).clean(None) is None


@pytest.mark.parametrize("initial", [datetime.date(2010, 3, 4), "2010-03-04"])
def test_date_shows_a_date_or_its_text_from_a_draft(initial):
    assert fields.DateParts().decompress(initial) == ["4", "3", "2010"]


@pytest.mark.parametrize("initial", ["", None, "nonsense", "2010-99-99"])
def test_date_shows_nothing_for_what_is_none(initial):
    assert fields.DateParts().decompress(initial) == [None, None, None]


def test_unchanged_date_counts_as_unchanged():
    class Born(forms.Form):
        born = fields.DateField()

    data = {"born_day": "4", "born_month": "3", "born_year": "2010"}
    assert not Born(data, initial={"born": datetime.date(2010, 3, 4)}).has_changed()


def test_disabled_date_keeps_its_value():
    class Born(forms.Form):
        born = fields.DateField(disabled=True)

    form = Born({}, initial={"born": datetime.date(2010, 3, 4)})
    assert form.is_valid()
    assert form.cleaned_data["born"] == datetime.date(2010, 3, 4)
    assert "disabled" in str(form)


ODD = st.one_of(st.none(), st.integers(), st.text(st.characters(), max_size=30))


@given(st.one_of(st.none(), st.text(), st.lists(ODD, max_size=5)))
def test_any_parts_give_a_date_or_a_refusal(parts):
    found, words = outcome(fields.DateField(required=False, label="The day"), parts)
    assert found is None or 1900 <= found.year <= 2100
    assert all(message.startswith("The day must") for message in words)


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)))
def test_every_date_comes_back_from_its_parts(date):
    assert fields.DateField().clean(fields.DateParts().decompress(date)) == date


@given(st.text(st.characters(), max_size=200))
def test_any_text_is_kept_or_refused_and_can_be_stored(text):
    kept, words = outcome(fields.LongText(required=False, max_length=100), text)
    if words:
        return
    kept.encode()
    assert "\x00" not in kept
    assert "\r" not in kept
    assert tidy(kept) == kept


@given(st.text(st.characters(), max_size=60))
@pytest.mark.parametrize(
    "make",
    [
        fields.EmailAddress,
        fields.Phone,
        fields.EmailOrPhone,
        fields.CaseReference,
        fields.WholeNumber,
        fields.TimeOfDay,
        fields.YesNoField,
        fields.AnswerField,
        fields.CheckboxChoices,
    ],
)
def test_any_text_in_any_field_is_taken_or_refused(make, text):
    _, words = outcome(make(required=False), text)
    assert not any("\x00" in message for message in words)


def test_too_long_says_by_how_much_and_keeps_the_text():
    form = EveryKind({**GOOD, "what": "é" * 50_000})
    assert form.errors["what"] == [
        (
            "What happened must be 5,000 characters or fewer. "
            "You have entered 50,000, which is 45,000 too many."
        )
    ]
    assert "é" * 50_000 in str(form)


def test_a_line_break_counts_as_one_character():
    assert fields.LongText(max_length=3).clean("a\r\nb") == "a\nb"


def test_short_text_is_one_line():
    assert fields.ShortText().clean("  Jo\r\n  Invented\x00 ") == "Jo Invented"


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("10am", (10, 0)),
        ("2:30pm", (14, 30)),
        ("2.30 p.m.", (14, 30)),
        ("14:30", (14, 30)),
        ("1430", (14, 30)),
        ("12am", (0, 0)),
        ("12pm", (12, 0)),
        ("midday", (12, 0)),
        ("Midnight", (0, 0)),
    ],
)
def test_times_as_people_write_them(typed, time):
    assert fields.TimeOfDay().clean(typed) == datetime.time(*time)


@pytest.mark.parametrize("typed", ["25:00", "10:75", "13pm", "0am", "soon", "\uff11\uff10am"])
def test_no_time(typed):
    words = "Start time must be a time, like 10am or 2:30pm"
    assert refusal(fields.TimeOfDay(label="Start time"), typed) == words


def test_time_is_shown_as_it_can_be_typed():
    assert fields.TimeOfDay().prepare_value(datetime.time(14, 30)) == "14:30"


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        (fields.EmailAddress(), " jo@invented.example ", "jo@invented.example"),
        (fields.Phone(), "+44 (0)1632 960-001", "+44 (0)1632 960-001"),
        (fields.Phone(), "101", "101"),
        (fields.EmailOrPhone(), "01632 960001", "01632 960001"),
        (fields.CaseReference(required=False), "", ""),
        (fields.WholeNumber(), "1,500", 1500),
        (fields.YesNoField(), "yes", True),
        (fields.YesNoField(), "no", False),
        (fields.YesNoField(required=False), "", None),
    ],
)
def test_answers_taken(field, typed, kept):
    assert field.clean(typed) == kept


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        (fields.EmailAddress(), "jo@", "Enter an email address in the right form"),
        (fields.Phone(), "ring me", "Enter a telephone number"),
        (fields.EmailOrPhone(), "Jo", "Enter an email address or a telephone number"),
        (fields.CaseReference(), "NFK-26-000000-Z", "Enter a reference in the right form"),
        (fields.WholeNumber(label="Minutes", maximum=90), "91", "Minutes must be between 0 and 90"),
        (fields.WholeNumber(label="Minutes"), "9" * 6000, "Minutes must be a whole number"),
        (fields.WholeNumber(label="Minutes"), "1.5", "Minutes must be a whole number"),
        (
            fields.RadioChoice(what="an area", choices=[]),
            "x\x00",
            "Select one of the answers shown",
        ),
        (fields.RadioChoice(what="an area", choices=[]), "", "Select an area"),
        (fields.RadioChoice(label="Who?", choices=[]), "", "Select your answer"),
        (fields.CheckboxChoices(choices=[]), ["\x00"], "Select one of the answers shown"),
        (fields.ShortText(label="NHS number"), "", "Enter NHS number"),
        (fields.Tick(what="that you looked"), "", "Confirm that you looked"),
    ],
)
def test_refusals_say_what_to_do(field, typed, words):
    assert refusal(field, typed).startswith(words)


def test_own_words_win():
    field = fields.ShortText(label="Name", error_messages={"required": "Who is it?"})
    assert refusal(field, "") == "Who is it?"


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["\x00", "9" * 40, "9" * 18, "x", "-1", "1.0"])
@pytest.mark.parametrize(
    "make", [fields.RadioModelChoice, fields.SelectModelChoice, fields.CheckboxModelChoices]
)
def test_odd_keys_of_rows_are_refused(make, key):
    field = make(Area.objects.all())
    value = [key] if make is fields.CheckboxModelChoices else key
    assert refusal(field, value) == "Select one of the answers shown"


def test_revealed_field_is_required_only_when_its_answer_is_given():
    assert EveryKind(GOOD).is_valid()
    form = EveryKind({**GOOD, "source": "other", "agencies": ["health"]})
    assert form.errors == {
        "detail": ["Enter the place"],
        "surgery": ["Enter the name of the surgery"],
    }


def test_value_and_error_of_a_field_that_is_not_shown_are_dropped():
    form = EveryKind({**GOOD, "detail": "x" * 500, "surgery": "Old Mill", "since_day": "99"})
    assert form.is_valid()
    assert form.cleaned_data["detail"] == ""
    assert form.cleaned_data["surgery"] == ""
    assert form.cleaned_data["since"] is None


def test_error_of_a_field_that_is_shown_stays():
    form = EveryKind({**GOOD, "agencies": ["health"], "surgery": "Old Mill", "since_day": "99"})
    assert form.errors == {"since": ["Known since must include a month and year"]}


def test_yes_or_no_reveals():
    class Agreed(fields.RevealingForm, forms.Form):
        conditional = {"agreed": {"no": "why", "yes": "how"}}
        agreed = fields.YesNoField()
        why = fields.ShortText(what="why not")
        how = fields.CheckboxChoices(choices=[("a", "A")], required=False)

    assert Agreed({"agreed": "no"}).errors == {"why": ["Enter why not"]}
    form = Agreed({"agreed": "no", "why": "Because", "how": ["a"]})
    assert form.is_valid()
    assert form.cleaned_data == {"agreed": False, "why": "Because", "how": []}


class PlanForm(fields.StaleEditForm, forms.Form):
    text = fields.LongText()


def test_edit_of_the_version_that_was_shown_is_taken():
    shown = PlanForm(version=3)
    assert 'name="version" value="3"' in str(shown)
    form = PlanForm({"text": "New", "version": "3"}, version=3)
    assert form.is_valid()
    assert form.cleaned_data == {"text": "New"}


@pytest.mark.parametrize("sent", ["version=2&text=Mine", "text=Mine", "version=%00&text=Mine"])
def test_stale_edit_is_refused_and_keeps_the_text_for_a_second_thought(sent):
    form = PlanForm(QueryDict(sent), version=3)
    assert "Somebody else changed this" in form.non_field_errors()[0]
    again = str(form)
    assert "Mine" in again
    assert 'name="version" value="3"' in again
