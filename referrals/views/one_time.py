"""The one-time link: the screens of those who make it, and of whoever answers through it."""

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from accounts.throttle import limited
from prevent_cms import clock
from referrals import access, information
from referrals.actions import one_time as acts
from referrals.actions.requests import STANDARD_QUESTION, require_askable
from referrals.forms.one_time import LinkCodeForm, OneTimeAnswerForm, OneTimeForm
from referrals.models import OneTimeRequest
from referrals.pages import render_case

SHOWN, OPENED = "one_time_shown", "one_time_opened"  # in the session, which is encrypted
MINUTES = 60
look_or_send = require_http_methods(["GET", "HEAD", "POST"])


@look_or_send
def case_one_time(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference, Perm.INFORMATION_REQUEST)
    case = reader.case
    require_askable(reader)
    form = OneTimeForm(posted(request), case=case, is_police=reader.is_police)
    if form.is_valid():
        made = acts.ask_once(case, form.asked(), grounds=form.grounds(), by=request.user)
        request.session[SHOWN] = {"pk": made.request.pk, "key": made.key, "code": made.code}
        return redirect("case_one_time_link", case.reference, made.request.pk)
    page = {"reader": reader, "form": form, "standard": STANDARD_QUESTION}
    page["identity"] = information.identity(request.user, case)
    return render_case(request, case, "information/link_new.html", page, tab="case_requests")


@look_or_send
def case_one_time_link(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference)
    link = information.get_link(reader, number)
    if request.method == "POST":
        acts.end_link(link, by=request.user)
        messages.success(request, "The link opens nothing any more")
        return redirect("case_requests", reader.case.reference)
    kept = request.session.get(SHOWN) or {}
    page: dict[str, Any] = {"reader": reader, "link": link}
    if kept.get("pk") == link.pk:
        del request.session[SHOWN]
        url = request.build_absolute_uri(reverse("one_time", args=[kept["key"]]))
        page |= {"url": url, "code": f"{kept['code'][:4]} {kept['code'][4:]}"}
    page["may_end"] = link.is_usable and information.may_ask(reader)
    return render_case(request, reader.case, "information/link.html", page, tab="case_requests")


@look_or_send
@login_not_required
@limited("one_time")
def one_time(request: HttpRequest, key: str) -> HttpResponse:
    """The code, and once it is given the question. A link that opens nothing says no more."""
    link = _opened(request, key)
    if link:
        return _answer(request, link, key)
    form = LinkCodeForm(posted(request))
    if form.is_valid():
        found = acts.open_link(key, form.cleaned_data["code"])
        if found:
            request.session.cycle_key()
            until = clock.now() + datetime.timedelta(minutes=MINUTES)
            request.session[OPENED] = {"pk": found.pk, "until": until.isoformat()}
            return redirect("one_time", key)
        form.refuse()
    return _private(render(request, "information/link_code.html", {"form": form}))


def _opened(request: HttpRequest, key: str) -> OneTimeRequest | None:
    """The request whose code this browser has given within the hour, while it can be answered."""
    kept = request.session.get(OPENED)
    if not kept or datetime.datetime.fromisoformat(kept["until"]) <= clock.now():
        return None
    return information.behind_link(kept["pk"], acts.hashed(key))


def _answer(request: HttpRequest, link: OneTimeRequest, key: str) -> HttpResponse:
    form = OneTimeAnswerForm(posted(request))
    if form.is_valid():
        acts.answer_link(key, **form.cleaned_data)
        del request.session[OPENED]
        return _private(render(request, "information/link_sent.html", {"body": link.body}))
    page = {"form": form, "link": link, "identity": information.identity_behind(link)}
    return _private(render(request, "information/link_answer.html", page))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is half of a secret, so nothing that the page asks for learns it."""
    response["Referrer-Policy"] = "strict-origin"
    return response
