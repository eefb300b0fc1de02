"""The answer of an agency, screen by screen: saved as it goes, checked, sent, added to."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from referrals import answers, information
from referrals.actions import answers as acts
from referrals.actions import returns
from referrals.forms.information_answer import FORMS, AddForm, Begun, PassForm
from referrals.models import InformationRequest
from referrals.views.information_agency import draw

look_or_send = require_http_methods(["GET", "HEAD", "POST"])


def _get(request: SignedInRequest, number: int) -> InformationRequest:
    asked = information.get_request_to_write(request.user, number)
    returns.require_answerable(asked.case)
    return asked


@require_safe
def request_answer(request: SignedInRequest, number: int) -> HttpResponse:
    asked = _get(request, number)
    if asked.answered_at:
        return redirect("request_add", asked.pk)
    draft = answers.draft_of(request.user, asked)
    tasks = answers.tasks(draft)
    page = {"draft": draft, "tasks": tasks, "done": sum(task.is_done for task in tasks)}
    page["is_contact"] = request.user.holds(Perm.INFORMATION_RETURN)
    return draw(request, asked, "answer", page | {"count": len(tasks)})


@look_or_send
def request_part(request: SignedInRequest, number: int, slug: str) -> HttpResponse:
    asked, part = _get(request, number), answers.BY_SLUG.get(slug)
    if part is None:
        raise Http404
    if asked.answered_at:
        return redirect("request_add", asked.pk)
    start = {
        "systems_searched": information.last_systems(request.user, asked.agency_id),
        "power": asked.agency.power_to_share,
    }
    record = Begun(answers.draft_of(request.user, asked), start)
    form = FORMS[slug](posted(request), record=record)
    if form.is_valid():
        saved = acts.save_part(
            asked,
            slug,
            form.cleaned_data,
            is_done=not form.is_later,
            version=form.version,
            by=request.user,
        )
        following = None if form.is_later else answers.next_part(saved, part)
        return _go_on(request, asked, following, is_later=form.is_later)
    page = {"form": form, "part": part, "number": answers.PARTS.index(part) + 1}
    return draw(request, asked, "part", page | {"back_url": _to("request_answer", asked)})


def _to(name: str, asked: InformationRequest) -> str:
    return reverse(name, args=[asked.pk])


def _go_on(
    request: SignedInRequest,
    asked: InformationRequest,
    following: answers.Part | None,
    *,
    is_later: bool,
) -> HttpResponse:
    if is_later:
        messages.success(request, "Saved. You can come back to it")
        return redirect("request_answer", asked.pk)
    if following is None:
        return redirect("request_check", asked.pk)
    return redirect("request_part", asked.pk, following.slug)


@look_or_send
def request_check(request: SignedInRequest, number: int) -> HttpResponse:
    asked = _get(request, number)
    draft = answers.draft_of(request.user, asked)
    is_writer = draft is not None and draft.passed_to_id == request.user.pk
    if request.method == "POST" and is_writer:
        acts.hand_back(asked, by=request.user)
        messages.success(request, "Handed back to be countersigned")
        return redirect("work")
    if request.method == "POST":
        if acts.send_answer(asked, by=request.user):
            messages.success(request, "Answer sent")
        return redirect("request_detail", asked.pk)
    if draft is None or asked.answered_at or answers.missing(draft):
        return redirect("request_answer", asked.pk)
    page = {"draft": draft, "cards": answers.cards(draft), "back_url": _to("request_answer", asked)}
    page |= {"is_nil": answers.holds_nothing(draft), "is_writer": is_writer}
    return draw(request, asked, "send", page)


@look_or_send
def request_pass(request: SignedInRequest, number: int) -> HttpResponse:
    asked = information.get_request(request.user, number)
    returns.require_answerable(asked.case)
    draft = answers.draft_of(request.user, asked)
    if request.method == "POST" and "back" in request.POST:
        acts.take_back(asked, by=request.user)
        messages.success(request, "Taken back. You can go on with it")
        return redirect("request_answer", asked.pk)
    form = PassForm(posted(request), colleagues=information.colleagues(request.user, asked))
    if form.is_valid():
        acts.pass_on(asked, **form.cleaned_data, by=request.user)
        messages.success(request, f"Passed to {form.cleaned_data['to'].name}")
        return redirect("request_detail", asked.pk)
    page = {"form": form, "draft": draft, "back_url": _to("request_detail", asked)}
    return draw(request, asked, "pass", page)


@look_or_send
def request_add(request: SignedInRequest, number: int) -> HttpResponse:
    asked = _get(request, number)
    if not asked.answered_at:
        return redirect("request_answer", asked.pk)
    form = AddForm(posted(request))
    if form.is_valid():
        is_change = form.cleaned_data["kind"] == "change"
        returns.add(asked, text=form.cleaned_data["text"], is_change=is_change, by=request.user)
        messages.success(request, "Change reported" if is_change else "Addition sent")
        return redirect("request_detail", asked.pk)
    return draw(request, asked, "add", {"form": form, "back_url": _to("request_detail", asked)})
