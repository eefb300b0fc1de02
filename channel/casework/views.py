from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import step_up
from accounts.http import SignedInRequest, posted
from accounts.models import User
from accounts.permissions import Perm
from channel.casework import actions, convening, handover, overview
from channel.casework import work as works
from channel.casework.forms import SignForm
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from referrals import desk, handovers
from referrals.access import Reader, get_coordinated, get_reader
from referrals.forms.handover import GiveSeveralForm
from referrals.pages import render_case
from referrals.views import giving


@require_safe
def work(request: SignedInRequest) -> HttpResponse:
    found = works.work(request.user, request.GET.get("show", ""), request.GET.get("area", ""))
    if not found.area:
        request.unanswered = found.number_of("requests")  # the badge need not count them again
    page = {"work": found, "today": works.today_words()}
    response = render(request, "casework/work.html", page)
    record_view(EventType.LIST_VIEWED, by=request.user, page="work")
    return response


@require_safe
def case_overview(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = get_reader(request.user, reference)
    context = {
        "reader": reader,
        "overview": overview.overview(reader),
        "links": overview.links(reader),
        "can": desk.acts(reader),
    }
    return render_case(request, reader.case, "casework/overview.html", context, tab="case_overview")


@require_http_methods(["GET", "HEAD", "POST"])
def case_convene(request: SignedInRequest, reference: str) -> HttpResponse:
    perms = [Perm.CONVENING_SIGN] if request.method == "POST" else []
    reader = get_coordinated(request.user, reference, *perms)
    case = reader.case
    found = convening.read(reader)
    form = SignForm(posted(request), to_panel=not found.lacks_threshold, initial=found.concern)
    if form.is_valid():
        case = actions.sign_convening(case, **form.cleaned_data, by=request.user)
        messages.success(request, convening.said_of(case))
        is_last = convening.is_to_close(Reader(request.user, case))
        return redirect("case_close" if is_last else "case_convene", case.reference)
    context = {"form": form, "reader": reader, "convening": found}
    return render_case(request, case, "casework/convening.html", context, tab="case_convene")


@require_safe
def hand_over_list(request: SignedInRequest) -> HttpResponse:
    handover.require(request.user)
    area = request.GET.get("area", "")
    area = area if area in request.user.area_names else ""
    here = reverse("hand_over_list")
    areas = works.area_links(
        request.user, area, lambda code: f"{here}?area={code}" if code else here
    )
    page = {"holders": handover.holders(request.user, area), "areas": areas}
    response = render(request, "casework/hand_over_list.html", page)
    record_view(EventType.LIST_VIEWED, by=request.user, page="hand_over")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    handover.require(request.user)
    return _hand_over(request, handover.get_holder(request.user, pk))


@step_up.required
def _hand_over(request: SignedInRequest, person: User) -> HttpResponse:
    cases = handover.cases_of(request.user, person)
    names = works.names(request.user, [case.pk for case in cases])
    heirs = handovers.heirs(request.user).exclude(pk=person.pk)
    form = GiveSeveralForm(posted(request), cases=cases, names=names, heirs=heirs)
    if response := giving.carry_out(request, form, back=reverse("hand_over_list")):
        return response
    page = {"form": form, "title": "Hand cases over", "caption": person.name, "wide": True}
    page["is_at_work"] = handovers.heirs(request.user).filter(pk=person.pk).exists()
    page |= {"submit_text": "Hand over", "cancel_url": reverse("hand_over_list")}
    page |= {"is_empty": not cases, "named": handover.named_actions(request.user, person)}
    response = render(request, "casework/hand_over.html", page)
    record_view(EventType.LIST_VIEWED, by=request.user, page="hand_over", target=person)
    return response
