"""Two people open the same form and both save: one is told, both texts live on, none is overwritten."""

import html
import re
import threading

import pytest
from django.db import connection, transaction

from tests import people
from tests.access import as_user, seen
from tests.edits.places import PLACES

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
RACES = 200


def one_after_the_other(*posts):
    return [post() for post in posts]


def at_once(*posts):
    """Both send in the same moment, each over a connection of their own."""
    start, answers = threading.Barrier(len(posts)), {}

    def send(number, post):
        try:
            start.wait()
            answers[number] = post()
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=one) for one in enumerate(posts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in sorted(answers)]


def fields_of(page):
    """What the page of a conflict would send back."""
    form = page[page.index("<main") :]
    found = {}
    for name, value in HIDDEN.findall(form):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return found


def box(page, name):
    found = re.search(rf'name="joined-{re.escape(name)}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return html.unescape(found[1])


def in_force(opened):
    """What is saved; the database shows marked rows in a transaction only."""
    with transaction.atomic():
        return opened.read()


def race(opened, number, *, send):
    """One race; raises when anything is overwritten in silence or a word is lost."""
    browsers = [as_user(opened.first), as_user(opened.second)]
    texts = [f"Anna wrote {number} anna", f"Bashir noted {number} bashir"]
    sent = [
        {**opened.base, opened.text: text, **seen(browser, opened.url)}
        for text, browser in zip(texts, browsers, strict=True)
    ]

    def posting(place):
        return lambda: browsers[place].post(opened.url, sent[place])

    answers = send(posting(0), posting(1))
    assert sorted(answer.status_code for answer in answers) == [302, 409], (opened.url, number)
    loser = next(place for place, answer in enumerate(answers) if answer.status_code == 409)
    assert in_force(opened) == texts[1 - loser]
    page = answers[loser].content.decode()
    both = box(page, opened.text)
    assert all(text in " ".join(both.split()) for text in texts), both
    again = fields_of(page)
    again |= {f"choose-{opened.text}": "both", f"joined-{opened.text}": both}
    assert browsers[loser].post(opened.url, again).status_code == 302
    saved = " ".join(in_force(opened).split())
    assert all(text in saved for text in texts), saved


@pytest.mark.parametrize("name", sorted(PLACES))
def test_who_saves_second_is_told_and_both_texts_live_on(world, name):
    opened = PLACES[name](world)
    race(opened, 1, send=one_after_the_other)


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment(transactional_db):
    opened = PLACES["meeting_item"](people.build())
    for number in range(3):
        race(opened, number, send=at_once)


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(PLACES))
def test_two_hundred_races(transactional_db, name):
    opened = PLACES[name](people.build())
    times = -(-RACES // len(PLACES))
    for number in range(times):
        race(opened, number, send=at_once)
    print(f"{name}: {times} races of two, 0 silent overwrites, 0 texts lost")
