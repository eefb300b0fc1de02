import datetime
import logging

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prevent_cms import clock
from prevent_cms.history.models import Event
from referrals.actions import intake
from referrals.intake import pages
from referrals.models import Case, Person, Referral
from tests.referrals.answers import ANSWERS, answers
from tests.referrals.intake_steps import begin, fill, form_key, posted, send, send_page

CALLED = {"danger": "yes", "called_number": "999", "called_on": "2026-11-06", "called_at": "14:30"}
ADULT = {"born": "1990-03-04", "parent_told": None, "parent_whom": None, "parent_agrees": None}


@pytest.fixture(autouse=True)
def _a_day():
    with clock.at(datetime.datetime(2026, 11, 9, 10, 42, tzinfo=datetime.UTC)):
        yield


def address(slug, query=""):
    return reverse("refer_page", args=[slug]) + query


def text_of(answer):
    return answer.content.decode()


def errors(answer):
    assert answer.status_code == 200
    assert "<title>Error: " in text_of(answer)
    assert "There is a problem" in text_of(answer)
    return {name: list(found) for name, found in answer.context["form"].errors.items()}


def nothing_is_received():
    return not any(table.objects.exists() for table in (Person, Case, Referral)) and (
        not Event.objects.filter(type="referral.received").exists()
    )


# Journeys


def test_the_whole_form_leads_page_by_page_to_a_reference(client, world):
    met = fill(client)
    assert met == [page.slug for page in pages.PAGES if page.slug != "called"]
    page = client.get(reverse("refer_check"))
    assert "OFFICIAL-SENSITIVE when filled in" not in text_of(page)
    assert "Callum Brayford" in text_of(page)
    assert nothing_is_received()
    assert send(client)["Location"] == reverse("refer_sent")
    referral = Referral.objects.get()
    stored = {key: value for key, value in ANSWERS.items() if value != []}
    assert referral.answers == stored | {"declaration": pages.declaration("Testshire")}
    assert (referral.form_version, referral.area) == (pages.FORM_VERSION, world.area)


def test_the_confirmation_says_what_happens_next_in_working_days(client, world):
    fill(client)
    send(client)
    page = text_of(client.get(reverse("refer_sent")))
    assert Referral.objects.get().reference in page
    assert Case.objects.get().reference not in page
    assert "Monday 9 November 2026 at 10:42am" in page
    assert "By 10 November" in page
    assert "By 16 November" in page
    assert "999" in page
    assert "Exit this page" in page
    assert "Brayford" not in page


def test_an_adult_is_asked_nothing_about_parents(client, world):
    met = fill(client, answers(**ADULT, noticed_first="yes"))
    assert not {"parent", "noticer"} & set(met)
    send(client)
    stored = Referral.objects.get().answers
    assert "parent_told" not in stored
    assert "noticer_name" not in stored


@pytest.mark.parametrize(
    ("age", "is_asked"),
    [
        ({"age_basis": "age", "age": 17}, True),
        ({"age_basis": "age", "age": 18}, False),
        ({"age_basis": "age", "age": 0}, True),
        ({"age_basis": "not_known"}, True),
        ({"age_basis": "born", "born": "2008-11-09"}, False),
        ({"age_basis": "born", "born": "2008-11-10"}, True),
    ],
)
def test_a_parent_matters_while_the_person_may_be_a_child(age, is_asked):
    assert (pages.BY_SLUG["parent"] in pages.asked(age)) == is_asked


def test_in_danger_nothing_else_opens_until_somebody_has_called(client, world):
    begin(client)
    assert send_page(client, "danger", {"danger": "yes"})["Location"] == address("called")
    for slug in ("notice", "you", "concern"):
        assert client.get(address(slug))["Location"] == address("called")
    assert text_of(client.get(reverse("refer_tasks"))).count("Cannot start yet") == 13 + 1
    page = text_of(client.get(address("called")))
    assert "Call 999 now" in page
    assert "I have called" in page
    answer = send_page(client, "called", posted(pages.BY_SLUG["called"], CALLED))
    assert answer["Location"] == address("notice")


def test_when_and_whom_one_called_is_stored_and_makes_it_urgent(client, world):
    fill(client, answers(**CALLED))
    send(client)
    referral = Referral.objects.get()
    assert referral.is_urgent
    assert {key: referral.answers[key] for key in CALLED} == CALLED


def test_danger_comes_before_every_other_page(client, world):
    begin(client)
    assert client.get(address("person"))["Location"] == address("danger")
    assert client.get(address("called"))["Location"] == reverse("refer_tasks")


def test_the_task_list_counts_what_it_shows(client, world):
    begin(client)
    send_page(client, "danger", {"danger": "no"})
    page = text_of(client.get(reverse("refer_tasks")))
    assert "You have completed 1 of 14 sections" in page
    assert page.count("Not yet started") == 13
    assert page.count("Cannot start yet") == 1  # sending
    client.get(address("home"))
    fill(client)
    page = text_of(client.get(reverse("refer_tasks")))
    assert "You have completed 16 of 16 sections" in page
    assert reverse("refer_check") in page


def test_the_optional_sections_are_not_needed_for_sending(client, world):
    begin(client)
    for page in pages.PAGES:
        if page.applies(answers()) and not page.optional:
            assert send_page(client, page.slug, posted(page, answers())).status_code == 302
    assert client.get(reverse("refer_check")).status_code == 200
    send(client)
    assert "school" not in Referral.objects.get().answers


# Coming back, changing, deleting


def test_a_half_filled_page_is_kept_as_typed_and_is_in_progress(client, world):
    begin(client)
    send_page(client, "danger", {"danger": "no"})
    typed = {"name": "Sam", "age_basis": "born", "born_day": "31", "born_month": "xx", "later": "1"}
    answer = client.post(address("person"), {**typed, "form_key": form_key(client)}, follow=True)
    assert "In progress" in text_of(answer)
    assert "Saved: Name and age" in text_of(answer)
    page = text_of(client.get(address("person")))
    for value in ("Sam", "31", "xx"):
        assert f'value="{value}"' in page
    assert "There is a problem" not in page
    send_page(client, "person", posted(pages.BY_SLUG["person"], answers()))
    assert 'value="xx"' not in text_of(client.get(address("person")))


def test_a_finished_page_put_off_again_holds_the_form_back(client, world):
    fill(client)
    send_page(client, "influence", {"influence_more": "I must ask", "later": "1"})
    answer = client.get(reverse("refer_check"))
    assert answer["Location"] == reverse("refer_tasks")
    assert send(client)["Location"] == reverse("refer_tasks")
    assert nothing_is_received()


def test_a_change_link_leads_to_the_question_and_back_to_the_check_page(client, world):
    fill(client)
    page = text_of(client.get(reverse("refer_check")))
    link = address("person", "?change#id_born_0")
    assert f'href="{link}"' in page
    assert '<span class="govuk-visually-hidden"> date of birth</span>' in page
    form = text_of(client.get(address("person", "?change")))
    assert f'href="{reverse("refer_check")}" class="govuk-back-link"' in form
    assert 'value="2010"' in form
    data = posted(pages.BY_SLUG["person"], answers(name="Kallum Brayford"))
    answer = send_page(client, "person", data, "?change")
    assert answer["Location"] == reverse("refer_check")
    assert "Kallum Brayford" in text_of(client.get(reverse("refer_check")))


def test_a_change_that_opens_a_question_asks_it_first(client, world):
    fill(client, answers(**ADULT))
    data = posted(pages.BY_SLUG["person"], answers())
    answer = send_page(client, "person", data, "?change")
    assert answer["Location"] == address("parent", "?change")
    assert client.get(reverse("refer_check"))["Location"] == reverse("refer_tasks")
    data = posted(pages.BY_SLUG["parent"], answers())
    assert send_page(client, "parent", data, "?change")["Location"] == reverse("refer_check")


def test_danger_that_comes_up_late_is_dealt_with_first(client, world):
    fill(client)
    answer = send_page(client, "danger", {"danger": "yes"}, "?change")
    assert answer["Location"] == address("called", "?change")
    assert client.get(address("person"))["Location"] == address("called")
    assert send(client)["Location"] == reverse("refer_tasks")
    data = posted(pages.BY_SLUG["called"], CALLED)
    assert send_page(client, "called", data, "?change")["Location"] == reverse("refer_check")


def test_an_answer_whose_question_has_gone_is_not_sent(client, world):
    fill(client)
    data = posted(pages.BY_SLUG["you"], answers(noticed_first="yes"))
    assert send_page(client, "you", data, "?change")["Location"] == reverse("refer_check")
    data = posted(pages.BY_SLUG["share"], answers(shared="no", not_shared_why="They were shut"))
    send_page(client, "share", data, "?change")
    send(client)
    stored = Referral.objects.get().answers
    assert not {"noticer_name", "noticer_role", "shared_whom", "shared_on"} & stored.keys()
    assert stored["not_shared_why"] == "They were shut"


def test_a_draft_is_deleted_after_asking(client, world):
    fill(client)
    assert "Delete this draft?" in text_of(client.get(reverse("refer_delete")))
    answer = client.post(reverse("refer_delete"), {"form_key": form_key(client)}, follow=True)
    assert "Nothing was sent" in text_of(answer)
    assert "referral_draft" not in client.session
    assert client.get(reverse("refer_tasks")).status_code == 409


def test_starting_again_warns_of_the_draft_in_progress(client, world):
    begin(client)
    first = form_key(client)
    start = reverse("refer") + "?area=test"
    assert "Go back to the referral you have started" in text_of(client.get(start))
    page = text_of(client.get(reverse("refer_begin") + "?area=test"))
    assert "Starting again deletes what you have typed" in page
    begin(client)
    assert form_key(client) != first


# Sending twice


def test_a_second_press_gives_the_same_reference(client, world):
    fill(client)
    key = form_key(client)
    assert send(client, key)["Location"] == reverse("refer_sent")
    assert send(client, key)["Location"] == reverse("refer_sent")
    assert Referral.objects.count() == 1


def test_two_tabs_of_one_browser_send_one_referral(client, world):
    fill(client)
    key, before = form_key(client), dict(client.session)
    send(client, key)
    first = client.session["referral_sent"]["reference"]
    session = client.session
    session.update(before)  # the other request had read its session before this one was sent
    session.pop("referral_sent", None)
    session.save()
    send(client, key)
    assert client.session["referral_sent"]["reference"] == first
    assert (Referral.objects.count(), Case.objects.count()) == (1, 1)


def test_after_sending_the_back_button_finds_the_confirmation_and_no_answers(client, world):
    fill(client)
    send(client)
    assert client.get(reverse("refer_check"))["Location"] == reverse("refer_sent")
    page = client.get(address("person"))
    assert page.status_code == 409
    assert reverse("refer_sent") in text_of(page)
    assert "Brayford" not in str(dict(client.session))
    assert client.get(reverse("refer_sent")).status_code == 200


def test_an_old_tab_does_not_send_the_next_draft(client, world):
    fill(client)
    key = form_key(client)
    send(client, key)
    fill(client)
    assert send(client, key)["Location"] == reverse("refer_sent")
    assert Referral.objects.count() == 1
    assert send(client)["Location"] == reverse("refer_sent")
    assert Referral.objects.count() == 2


# Bad input


def test_an_area_that_does_not_exist_is_an_error_beside_the_question(client, world):
    answer = client.get(reverse("refer") + "?area=atlantis")
    assert answer.status_code == 400
    assert "Select one of the answers shown" in text_of(answer)
    assert client.post(reverse("refer_begin"), {"area": "atlantis"})["Location"] == reverse("refer")
    assert client.get(reverse("refer_begin"))["Location"] == reverse("refer")
    assert "referral_draft" not in client.session


def test_one_chooses_between_areas_when_there_are_several(client, world, elsewhere):
    page = text_of(client.get(reverse("refer")))
    assert 'value="test"' in page
    assert 'value="other"' in page
    chosen = client.get(reverse("refer") + "?area=other")
    assert chosen.context["area"] == elsewhere.area
    assert "Choose another area" in text_of(chosen)


def test_an_area_that_takes_no_referrals_is_not_offered(client, world):
    police = world.agency("police")
    police.is_active = False
    police.save()
    assert "Call <strong>101</strong>" in text_of(client.get(reverse("refer")))
    assert client.post(reverse("refer_begin"), {"area": "test"})["Location"] == reverse("refer")


@pytest.mark.parametrize("change", [{"form_version": "2020-1"}, {"area": "atlantis"}])
def test_a_draft_whose_form_or_area_has_gone_ends(client, world, change):
    begin(client)
    session = client.session
    session["referral_draft"] = {**session["referral_draft"], **change}
    session.save()
    assert client.get(address("danger")).status_code == 409


@pytest.mark.parametrize("name", ["refer_tasks", "refer_check", "refer_sent", "refer_delete"])
def test_a_deep_link_without_a_draft_offers_to_start(client, world, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 409
    assert "There is no referral in progress here" in text_of(answer)
    assert reverse("refer") in text_of(answer)


def test_what_was_typed_into_a_lost_draft_is_given_back(client, world):
    typed = {"what": "He said\nsomething <b>", "threats": "", "form_key": "gone"}
    answer = client.post(address("concern"), typed)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "What you just typed was not saved" in page
    assert "He said<br>something &lt;b&gt;" in page
    assert nothing_is_received()


def test_a_page_of_an_earlier_draft_cannot_write_into_this_one(client, world):
    begin(client)
    old = form_key(client)
    begin(client)
    send_page(client, "danger", {"danger": "no"})
    data = posted(pages.BY_SLUG["person"], answers())
    answer = client.post(address("person"), {**data, "form_key": old})
    assert answer.status_code == 409
    assert "Callum Brayford" in text_of(answer)
    assert "name" not in client.session["referral_draft"]["answers"]
    assert client.post(reverse("refer_delete"), {"form_key": old}).status_code == 409
    assert send(client, old).status_code == 409


def test_an_unknown_page_is_not_found(client, world):
    begin(client)
    assert client.get("/refer/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("refer", {"get", "head"}),
        ("refer_tasks", {"get", "head"}),
        ("refer_sent", {"get", "head"}),
        ("refer_begin", {"get", "head", "post"}),
        ("refer_check", {"get", "head", "post"}),
        ("refer_delete", {"get", "head", "post"}),
    ],
)
def test_wrong_verbs_are_refused(client, world, name, allowed):
    for verb in ("get", "head", "post", "put", "patch", "delete"):
        refused = getattr(client, verb)(reverse(name)).status_code == 405
        assert refused == (verb not in allowed)


EMPTY = {
    "danger": {"danger": "Select whether anyone is in danger now"},
    "notice": {
        "noticed_what": "Enter what has changed",
        "noticed_who": "Enter who noticed it",
        "noticed_on": "Enter the date it was first noticed",
    },
    "checked": {
        "checked": "Select whether you have spoken to anyone",
        "lead_told": "Select whether you have spoken to your own lead",
    },
    "share": {"shared": "Select whether you have told a safeguarding service"},
    "person": {
        "name": "Enter the name of the person",
        "age_basis": "Select whether you know their date of birth",
        "gender": "Select their gender",
    },
    "background": {
        "district_basis": "Select whether you know the district",
        "ethnicity": "Select their ethnic group, or why you cannot say",
    },
    "concern": {
        "what": "Enter what happened",
        "last_on": "Enter the date of the most recent time",
    },
    "signs": {"proscribed": "Select whether there is a link to a banned organisation"},
    "safety": {"other_safeguarding": "Select whether there are other safeguarding concerns"},
    "knows": {"person_told": "Select whether the person has been told"},
    "you": {
        "referrer_name": "Enter your name",
        "referrer_role": "Enter your role, or how you know the person",
        "sector": "Select your sector",
        "referrer_phone": "Enter a telephone number or an email address, so that police can ask "
        "you something",
        "anonymous": "Select whether you wish to stay anonymous",
        "noticed_first": "Select whether you were the first to notice",
    },
}


@pytest.mark.parametrize("slug", EMPTY)
def test_an_empty_page_says_what_is_missing(client, world, slug):
    begin(client)
    if slug != "danger":
        send_page(client, "danger", {"danger": "no"})
    found = errors(send_page(client, slug, {}))
    assert found == {name: [message] for name, message in EMPTY[slug].items()}


REVEALED = {
    "checked": (
        {"checked": "yes", "lead_told": "yes"},
        {"checked_whom", "checked_on", "check_result", "lead_result"},
    ),
    "share": ({"shared": "no"}, {"not_shared_why"}),
    "person": (
        {"name": "S", "age_basis": "age", "gender": "other"},
        {"age", "gender_word"},
    ),
    "background": ({"district_basis": "known", "ethnicity": "arab"}, {"district"}),
    "safety": ({"other_safeguarding": "suspected"}, {"safeguarding_what"}),
    "knows": ({"person_told": "no"}, {"person_not_told_why"}),
}


@pytest.mark.parametrize("slug", REVEALED)
def test_an_answer_that_reveals_a_question_makes_it_required(client, world, slug):
    given, missing = REVEALED[slug]
    begin(client)
    send_page(client, "danger", {"danger": "no"})
    assert errors(send_page(client, slug, given)).keys() == missing


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (("4", "3", "2030"), "Date of birth must be in the past"),
        (("9", "11", "2026"), "Date of birth must be in the past"),
        (("31", "2", "2010"), "Date of birth must be a real date"),
        (("4", "13", "2010"), "Date of birth must be a real date"),
        (("4", "", "2010"), "Date of birth must include a month"),
        (("4", "3", "10"), "Date of birth must have a year of 4 numbers, like 2026"),
        (("\x00", "³", "<b>"), "Date of birth must include a day"),
    ],
)
def test_a_wrong_birth_date_is_explained_and_kept(client, world, day, message):
    begin(client)
    send_page(client, "danger", {"danger": "no"})
    data = {"name": "Sam Long", "age_basis": "born", "gender": "male"}
    data |= dict(zip(("born_day", "born_month", "born_year"), day, strict=True))
    answer = send_page(client, "person", data)
    assert errors(answer) == {"born": [message]}
    page = text_of(answer)
    assert 'value="Sam Long"' in page
    assert 'href="#id_born_' in page
    assert day[2] == "<b>" or f'value="{day[2]}"' in page
    assert "name" not in client.session["referral_draft"]["answers"]


@pytest.mark.parametrize("age", ["-1", "121", "sixteen", "1e3", "9" * 5000])
def test_a_wrong_age_is_explained(client, world, age):
    begin(client)
    send_page(client, "danger", {"danger": "no"})
    data = {"name": "Sam", "age_basis": "age", "age": age, "gender": "male"}
    assert errors(send_page(client, "person", data)).keys() == {"age"}


def test_a_call_cannot_lie_in_the_future(client, world):
    begin(client)
    send_page(client, "danger", {"danger": "yes"})
    late = {**CALLED, "called_on": "2026-11-09", "called_at": "10:43"}
    found = errors(send_page(client, "called", posted(pages.BY_SLUG["called"], late)))
    assert found == {"called_at": ["The time of your call must be in the past"]}
    assert errors(send_page(client, "called", {})).keys() == {
        "called_number",
        "called_on",
        "called_at",
    }


def test_50000_characters_come_back_with_the_reason(client, world):
    begin(client)
    send_page(client, "danger", {"danger": "no"})
    long = "x" * 50_000
    answer = send_page(client, "concern", {"what": long})
    (message,) = errors(answer)["what"]
    assert message.startswith("What happened must be 5,000 characters or fewer. You have entered")
    assert long in text_of(answer)
    answer = send_page(client, "concern", {"what": long, "later": "1"})
    assert long in text_of(client.get(address("concern")))


def test_null_bytes_and_odd_characters_are_taken_out(client, world):
    fill(client, answers(name="Cal\x00lum \x07Brayford", what="one\r\ntwo\x00"))
    send(client)
    stored = Referral.objects.get().answers
    assert (stored["name"], stored["what"]) == ("Callum Brayford", "one\ntwo")


def test_a_null_byte_put_off_for_later_does_no_harm(client, world):
    begin(client)
    send_page(client, "danger", {"danger": "no"})
    send_page(client, "concern", {"what": "a\x00b", "later": "1"})
    assert client.get(address("concern")).status_code == 200


def test_an_answer_that_is_not_offered_is_refused(client, world):
    begin(client)
    found = errors(send_page(client, "danger", {"danger": "perhaps"}))
    assert found == {"danger": ["Select one of the answers shown"]}
    send_page(client, "danger", {"danger": "no"})
    data = posted(pages.BY_SLUG["needs"], answers(learning="maybe"))
    assert errors(send_page(client, "needs", data)).keys() == {"learning"}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=6000), st.text(max_size=300))
def test_any_text_is_either_taken_or_refused_in_plain_words(world, what, who):
    form = pages.BY_SLUG["notice"].form(
        {"noticed_what": what, "noticed_who": who}, rules=world.area.rules
    )
    assert not form.is_valid()  # the date is missing
    for name, limit in (("noticed_what", 2000), ("noticed_who", 200)):
        taken = form.cleaned_data.get(name)
        if name in form.errors:
            (message,) = form.errors[name]
            assert message.startswith(("Enter ", "What has changed must", "Who noticed it must"))
        else:
            assert 0 < len(taken) <= limit
            assert "\x00" not in taken
    assert isinstance(form.as_p(), str)


# The public page


def test_no_account_is_needed_and_every_post_carries_a_token(world):
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(reverse("refer")).status_code == 200
    assert strict.post(reverse("refer_begin"), {"area": "test"}).status_code == 403


def test_nothing_about_anyone_is_in_addresses_headers_or_logs(client, world, caplog):
    caplog.set_level(logging.DEBUG)
    fill(client)
    answer = send(client)
    page = client.get(reverse("refer_sent"))
    assert page["Cache-Control"] == "no-store"
    said = str(answer.headers) + str(client.cookies) + caplog.text + answer["Location"]
    for word in ("Callum", "Brayford", "Okafor", "Wensumbrook", "Tollgate"):
        assert word not in said


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("before", "speak to the desk first. Then fill in this form"),
        ("beside", "tell the desk as well as filling in this form"),
        ("after", "fill in this form, then tell the desk"),
    ],
)
def test_the_area_says_when_to_tell_its_safeguarding_service(client, world, order, words):
    area = world.area
    area.policy = {
        "safeguarding_order": {"value": order, "source": "default"},
        "safeguarding_contact": {"value": "the desk", "source": "default"},
    }
    area.save()
    assert words in text_of(client.get(reverse("refer")))
    begin(client)
    send_page(client, "danger", {"danger": "no"})
    page = text_of(client.get(address("share")))
    assert words in page
    assert "Have you told the desk?" in page


def test_every_page_says_who_will_see_the_answers(client, world):
    begin(client)
    send_page(client, "danger", {"danger": "no"})
    session = client.session
    session["referral_draft"]["answers"] = answers()
    session.save()
    for page in pages.PAGES:
        if page.slug in ("danger", "called"):
            continue
        html = text_of(client.get(address(page.slug)))
        assert "Who will see this:" in html, page.slug
        where = html.index("Who will see this:")
        assert "<textarea" not in html[:where]
        assert "Exit this page" in html
        assert "when filled in" in html
        assert html.count("<h1") == 1


def test_the_guide_to_signs_says_first_that_it_is_no_profile(client, world):
    begin(client)
    send_page(client, "danger", {"danger": "no"})
    html = text_of(client.get(address("concern")))
    assert html.index("They are not a profile") < html.index("What they say")


def test_a_page_needs_few_queries(client, world, django_assert_max_num_queries):
    fill(client)
    with django_assert_max_num_queries(6):
        client.get(reverse("refer_check"))
    with django_assert_max_num_queries(10):
        send_page(client, "person", posted(pages.BY_SLUG["person"], answers()))


def test_the_form_asks_for_everything_that_receiving_needs():
    asked = {name for page in pages.PAGES for name in page.form.base_fields}
    facts = {key for key, _ in (*intake.PLAIN_FACTS, *intake.FACT_LINES)}
    assert {*intake.ESSENTIAL, *facts, "born", "gender", "gender_word", "ethnicity"} <= asked
