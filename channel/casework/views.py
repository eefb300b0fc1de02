from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import SignedInRequest
from accounts.permissions import Perm
from channel.casework import actions, convening, overview
from channel.casework import work as works
from channel.casework.forms import SignForm
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals.access import Reader, get_case
from referrals.pages import render_case
from referrals.workflow import Status
from vaf.access import get_coordinated_case


@require_GET
def work(request: SignedInRequest) -> HttpResponse:
    found = works.work(request.user, request.GET.get("show", ""))
    page = {"work": found, "today": works.today_words()}
    response = render(request, "casework/work.html", page)
    with transaction.atomic():
        record(EventType.LIST_VIEWED, by=request.user, page="work")
    return response


@require_GET
def case_overview(request: SignedInRequest, reference: str) -> HttpResponse:
    case = get_case(request.user, reference)
    reader = Reader(request.user, case)
    context = {
        "reader": reader,
        "overview": overview.overview(reader),
        "links": overview.links(reader),
    }
    return render_case(request, case, "casework/overview.html", context, tab="case_overview")


@require_http_methods(["GET", "POST"])
def case_convene(request: SignedInRequest, reference: str) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    perms = [] if posted is None else [Perm.CONVENING_SIGN]
    case = get_coordinated_case(request.user, reference, *perms)
    form = SignForm(posted)
    if form.is_valid():
        case = actions.sign_convening(case, **form.cleaned_data, by=request.user)
        messages.success(request, _outcome(case.status, endorses=form.cleaned_data["endorses"]))
        return redirect("case_convene", case.reference)
    reader = Reader(request.user, case)
    context = {"form": form, "reader": reader, "convening": convening.read(reader)}
    return render_case(request, case, "casework/convening.html", context, tab="case_convene")


def _outcome(status: str, *, endorses: bool) -> str:
    if status == Status.PANEL:
        return "The panel is convened. The case is on the next agenda."
    return "Your sign-off is recorded" if endorses else "Your refusal is recorded"
