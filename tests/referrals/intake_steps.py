"""Filling the referral form as a browser does: each page read, filled in and posted in turn."""

import datetime
import re

from django.urls import reverse

from referrals.intake import pages
from tests.referrals.answers import answers


def posted(page, given):
    """The answers of one page as a browser would post them; dates as three boxes."""
    data = {}
    for name, field in page.form.base_fields.items():
        value = given.get(name)
        if value is None:
            continue
        if field.__class__.__name__ == "DateField":
            day = datetime.date.fromisoformat(value)
            data |= {f"{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}
        else:
            data[name] = value
    return data


def begin(client, area="test"):
    answer = client.post(reverse("refer_begin"), {"area": area})
    assert answer["Location"] == reverse("refer_page", args=["danger"])


def form_key(client):
    return client.session["referral_draft"]["form_key"]


def send_page(client, slug, data, query=""):
    return client.post(
        reverse("refer_page", args=[slug]) + query, {**data, "form_key": form_key(client)}
    )


def fill(client, given=None, area="test"):
    """Begin and go where the form leads until it comes to the check page; the pages met."""
    given = given or answers()
    begin(client, area)
    address, met = reverse("refer_page", args=["danger"]), []
    while address != reverse("refer_check"):
        assert client.get(address).status_code == 200
        page = pages.BY_SLUG[re.fullmatch(r"/refer/(\w+)/", address)[1]]
        answer = send_page(client, page.slug, posted(page, given))
        assert answer.status_code == 302, answer.context["form"].errors
        met.append(page.slug)
        address = answer["Location"]
    return met


def send(client, key=None):
    return client.post(reverse("refer_check"), {"form_key": key or form_key(client)})
