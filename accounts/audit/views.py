from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import step_up
from accounts.audit import access, actions, queries
from accounts.audit.forms import ExportForm, FilterForm, NameForm
from accounts.audit.pages import LogPage
from accounts.http import SignedInRequest, posted
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view


@require_http_methods(["GET", "HEAD", "POST"])
def audit(request: SignedInRequest) -> HttpResponse:
    """The log; what is typed of a person is posted, and is in no address, log or event."""
    remit = access.get_remit(request.user)
    names = NameForm(posted(request))
    page = LogPage(remit, request.GET, FilterForm(request.GET, remit=remit), names)
    response = render(request, "audit/log.html", {"log": page})
    about = {"by": request.user, "area_code": remit.where[0].code, "mark": remit.mark}
    told = {"page": "audit", **(page.filters.codes if page.filters else {})}
    if page.is_named and page.found:
        told |= {"why": names.cleaned_data["why"], "found": page.found.total}
        record_view(EventType.SEARCHED, **about, **told)
    else:
        record_view(EventType.LIST_VIEWED, **about, **told)
    return response


@require_safe
def audit_register(request: SignedInRequest) -> HttpResponse:
    """The register of disclosures over all cases in the remit, without what a case says."""
    remit = access.get_remit(request.user)
    found = queries.register(remit, request.GET.get("before", ""))
    here = reverse("audit_register")
    page = {"remit": remit, "found": found, "first": "" if found.is_first else here}
    page["older"] = f"{here}?before={found.older}" if found.older else ""
    response = render(request, "audit/register.html", page)
    about = {"area_code": remit.where[0].code, "mark": remit.mark}
    record_view(EventType.LIST_VIEWED, by=request.user, **about, page="audit_register")
    return response


@require_POST
def audit_check(request: SignedInRequest) -> HttpResponse:
    actions.ask_check(access.get_remit(request.user), by=request.user)
    messages.success(request, "The log is being checked. This page shows how far it is.")
    return redirect("audit")


@require_POST
def audit_export(request: SignedInRequest) -> HttpResponse:
    remit = access.get_remit(request.user)
    asked = ExportForm(request.POST)
    page = LogPage(remit, request.GET, FilterForm(request.GET, remit=remit), asked)
    if page.filters is None:
        messages.error(request, "No copy was made. Say why you need it, and correct the search.")
        return redirect(page.here)
    if not step_up.is_fresh(request):
        return step_up.ask(request, then=page.here)
    why, said = asked.cleaned_data["why"], [chip.title for chip in page.chips]
    copy = actions.export(remit, page.filters, why=why, said=said, by=request.user)
    headers = {"Content-Disposition": f'attachment; filename="{copy.name}"'}
    return HttpResponse(copy.content, content_type="application/zip", headers=headers)
