"""The timeline of a case, narrowed as its reader likes, and a signed copy of it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import step_up
from accounts.http import SignedInRequest
from referrals import access, queries
from referrals.access import Reader
from referrals.actions import copies
from referrals.forms.lists import TimelineExportForm, TimelineForm
from referrals.pages import render_case


@require_safe
def case_timeline(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference)
    form = _form(request, reader)
    to = form.narrowed()
    found = queries.timeline_page(reader, to, before=request.GET.get("before", ""))
    here, chosen = reverse("case_timeline", args=[reader.case.reference]), to.codes
    older = f"{here}?{urlencode({**chosen, 'before': found.older})}" if found.older else ""
    page = {"found": found, "form": form, "older": older, "here": here, "reader": reader}
    page |= {"first": "" if found.is_first else f"{here}?{urlencode(chosen)}"}
    page |= {"copy": TimelineExportForm(), "chosen": bool(chosen)}
    copy = reverse("case_timeline_copy", args=[reader.case.reference])
    page["copy_url"] = f"{copy}?{urlencode(chosen)}"
    return render_case(request, reader.case, "desk/timeline.html", page, tab="case_timeline")


def _form(request: SignedInRequest, reader: Reader) -> TimelineForm:
    people = queries.people_in(reader)
    return TimelineForm(request.GET, groups=queries.groups_for(reader), people=people)


@require_POST
def case_timeline_copy(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_reader(request.user, reference)
    page = reverse("case_timeline", args=[reader.case.reference])
    asked = TimelineExportForm(request.POST)
    if not asked.is_valid():
        messages.error(request, "No copy was made. Say why you need it.")
        return redirect(page)
    if not step_up.is_fresh(request):
        return step_up.ask(request, then=page)
    to, why = _form(request, reader).narrowed(), asked.cleaned_data["why"]
    name, content = copies.copy_timeline(reader, to, why=why)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)
