"""The public referral form. No account; the draft lives in the session; no address names anyone."""

import datetime
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import CharField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import posted
from accounts.models import Agency, User
from accounts.throttle import limited
from referrals import front_door
from referrals.actions.intake import submit
from referrals.forms.front_door import DeskForm
from referrals.forms.intake import AreaForm
from referrals.intake import pages, reading, wizard
from referrals.intake.forms import PageForm
from referrals.intake.pages import Page
from referrals.intake.wizard import Draft

CHANGE = "change"  # in the address of a page that was opened from the check page
look_or_send = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    """Where a worried person arrives: danger first, then what Prevent is, then the button."""
    areas = list(wizard.areas())
    form = AreaForm(request.GET if "area" in request.GET else None, areas=areas)
    only = areas[0] if len(areas) == 1 and not form.is_bound else None
    area = form.chosen() or only
    if area is None:
        status = 400 if form.is_bound else 200
        return render(request, "refer/areas.html", {"form": form, "areas": areas}, status=status)
    context = {"area": area, "is_only": len(areas) == 1, "draft": Draft.of(request.session)}
    context["desk"] = front_door.desk_of(request.user, area)
    return render(request, "refer/start.html", context)


@look_or_send
@login_not_required
@limited("refer")
def begin(request: HttpRequest) -> HttpResponse:
    """The page between: how to leave quickly, and what starting again would throw away."""
    data = request.POST if request.method == "POST" else request.GET
    area = AreaForm(data, areas=list(wizard.areas())).chosen()
    if area is None:
        return redirect("refer")
    if request.method == "POST":
        Draft.begin(request.session, area)
        return redirect("refer_page", "danger")
    return render(request, "refer/begin.html", {"area": area, "draft": Draft.of(request.session)})


@require_safe
@login_not_required
def tasks(request: HttpRequest) -> HttpResponse:
    """The sections, how far each one is, and what is left."""
    draft = Draft.of(request.session)
    if draft is None:
        return no_draft(request)
    asked = draft.asked()
    rows = {
        title: [(page, draft.status(page), draft.is_open(page)) for page in found]
        for title, found in pages.groups(asked).items()
    }
    done = sum(map(draft.is_done, asked))
    return render(
        request,
        "refer/tasks.html",
        {"draft": draft, "rows": rows, "done": done, "left": draft.unfinished()},
    )


@look_or_send
@login_not_required
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of questions; with "change" in its address it returns to the check page."""
    found, draft = pages.BY_SLUG.get(slug), Draft.of(request.session)
    if found is None:
        raise Http404
    if draft is None or is_of_another_draft(request, draft):
        return no_draft(request, found)
    if not draft.is_open(found):
        return redirect(draft.way_to(found))
    rules = draft.area.rules
    if request.method != "POST":
        form = found.form(rules=rules, initial=draft.initial(found))
        return show_page(request, draft, found, form)
    form = found.form(request.POST, rules=rules)
    if "later" in request.POST:
        draft.keep(found, form.typed())
        messages.success(request, f"Saved: {found.title}")
        return redirect("refer_tasks")
    if not form.is_valid():
        return show_page(request, draft, found, form)
    draft.save(found, form.answers())
    return go_on(request, draft, found)


@look_or_send
@login_not_required
@limited("refer")
def check(request: HttpRequest) -> HttpResponse:
    """Everything read back before it is sent; sending twice leads to the same confirmation."""
    draft, sent_before = Draft.of(request.session), request.session.get(wizard.SENT)
    key = request.POST.get("form_key")
    if sent_before and (key == sent_before["form_key"] or (draft is None and not key)):
        return redirect("refer_sent")
    if draft is None or is_of_another_draft(request, draft):
        return no_draft(request)
    if draft.unfinished():
        messages.info(request, "Answer every section that is not optional first")
        return redirect("refer_tasks")
    answers = draft.to_send()
    desk = front_door.desk_of(request.user, draft.area)
    desk_form = DeskForm(posted(request)) if desk else None
    if request.method == "POST" and (desk_form is None or desk_form.is_valid()):
        form = {"form_key": draft.form_key, "form_version": draft.data["form_version"]}
        through = _through(request, desk, desk_form)
        draft.sent(submit(area=draft.area, answers=answers, through=through, **form))
        return redirect("refer_sent")
    cards = reading.cards(answers, draft.area.rules)
    context = {"draft": draft, "cards": cards, "declaration": answers["declaration"]}
    context["desk_form"] = desk_form
    return render(request, "refer/check.html", {**context, "answers_shown": True})


def _through(
    request: HttpRequest, desk: Agency | None, form: DeskForm | None
) -> front_door.Through | None:
    """The desk for which this signed-in person passes the concern on."""
    if desk is None or form is None:
        return None
    by = cast(User, request.user)
    return front_door.Through(desk, by, form.cleaned_data["own_reference"])


@require_safe
@login_not_required
def sent(request: HttpRequest) -> HttpResponse:
    """The reference, and what happens next, by when."""
    kept = request.session.get(wizard.SENT)
    area = wizard.areas().filter(slug=kept["area"]).first() if kept else None
    if not kept or area is None:
        return no_draft(request)
    at = datetime.datetime.fromisoformat(kept["at"])
    day = timezone.localdate(at)
    context = {
        "area": area,
        "reference": kept["reference"],
        "at": at,
        "read_by": area.rules.due(day, 1),
        "decided_by": area.rules.due(day, area.rules.screening_working_days),
    }
    return render(request, "refer/sent.html", {**context, "answers_shown": True})


@look_or_send
@login_not_required
def delete(request: HttpRequest) -> HttpResponse:
    """Throw the draft away, after asking."""
    draft = Draft.of(request.session)
    if draft is None or is_of_another_draft(request, draft):
        return no_draft(request)
    if request.method == "POST":
        draft.delete()
        messages.success(request, "Your answers have been deleted. Nothing was sent.")
        return redirect("refer")
    return render(request, "refer/delete.html", {"draft": draft})


def is_of_another_draft(request: HttpRequest, draft: Draft) -> bool:
    """Whether what was posted was written for a draft that this browser has left behind."""
    return request.method == "POST" and request.POST.get("form_key") != draft.form_key


def show_page(request: HttpRequest, draft: Draft, page: Page, form: PageForm) -> HttpResponse:
    """Draw one page of questions."""
    back = reverse("refer_check" if CHANGE in request.GET else "refer_tasks")
    context = {"draft": draft, "page": page, "form": form, "back_url": back}
    return render(request, "refer/page.html", {**context, "rules": draft.area.rules})


def go_on(request: HttpRequest, draft: Draft, page: Page) -> HttpResponse:
    """After a page: the next one, or back to the check page when all is answered."""
    changing = CHANGE in request.GET
    following = draft.next_after(page, changing=changing)
    if following is None:
        return redirect("refer_check")
    suffix = f"?{CHANGE}" if changing else ""
    return redirect(reverse("refer_page", args=[following.slug]) + suffix)


def no_draft(request: HttpRequest, page: Page | None = None) -> HttpResponse:
    """There is nothing to go on with: say so, give back what was typed, offer to start."""
    typed = []
    for name, field in page.form.base_fields.items() if page else ():
        text = request.POST.get(name, "").strip()
        if text and isinstance(field, CharField):
            typed.append((field.label, text))
    context = {"typed": typed, "sent": request.session.get(wizard.SENT)}
    return render(request, "refer/no_draft.html", context, status=409)
