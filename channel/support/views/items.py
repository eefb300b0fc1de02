from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest, posted
from accounts.models import Agency
from accounts.permissions import Perm
from channel.support import access, pages, queries
from channel.support.actions import items
from channel.support.forms.delivery import ProgressForm
from channel.support.forms.plan import ItemForm
from prevent_cms.errors import ActionInvalid
from referrals.pages import render_case

TAB = "case_plan"


@require_http_methods(["GET", "HEAD", "POST"])
def case_plan_item_new(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference, Perm.PLAN_WRITE)
    case = reader.case
    access.require_supported(case)
    plan = queries.plan_of(case)
    if plan is None:
        raise ActionInvalid("Write the plan before its items.")
    agencies = Agency.objects.filter(area=case.area, is_active=True)
    present = queries.present_factors(request.user, case)
    form = ItemForm(
        posted(request),
        needs=queries.need_titles(plan),
        factors=[(row.factor.code, str(row.factor)) for row in present],
        agencies=agencies,
        initial={"factors": request.GET.getlist("factor")},
    )
    new = queries.without_coordinators(case, agencies)
    form.ask_agreement(case.area, new, by=request.user, case=case)
    if form.is_valid():
        item = items.add_item(case, form.draft, grounds=form.grounds, by=request.user)
        messages.success(request, f"Item added. {item.agency.name} leads it and has been told.")
        return redirect("case_plan", case.reference)
    page = {"reader": reader, "form": form}
    return render_case(request, case, "support/item_new.html", page, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_plan_item(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference)
    case, item = reader.case, access.get_item(reader, pk)
    if request.method == "POST":
        access.require_deliver(reader, item)
    form = ProgressForm(posted(request), item=item)
    if form.is_valid():
        items.record_progress(item, **form.cleaned_data, version=form.version, by=request.user)
        messages.success(request, "Progress recorded")
        return redirect(access.page_after_progress(request.user, item))
    page = {"form": form, **pages.item_page(reader, item)}
    return render_case(request, case, "support/item.html", page, tab=TAB)


@require_POST
def case_plan_item_start(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    reader = access.get_plan_reader(request.user, reference)
    item = access.get_item(reader, pk)
    items.start_item(item, by=request.user)
    messages.success(request, "Support has started")
    return redirect("case_plan_item", reader.case.reference, item.pk)
