"""Taking minutes away: several in one file, and one item for the file of its case."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import step_up
from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.exports.actions import exports
from channel.meetings import access, extracts, pdf
from channel.meetings.actions import minutes as sealing
from channel.meetings.forms.minutes import TakeForm
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from prevent_cms.typed import number_in
from referrals.access import get_reader


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_take(request: SignedInRequest) -> HttpResponse:
    """The sealed minutes of a year: some of them, or all, in one file."""
    access.require_taking(request.user)
    every = access.minutes_to_take(request.user)
    years = list(dict.fromkeys(timezone.localdate(one.starts_at).year for one in every))
    year = number_in(request.GET.get("year")) or next(iter(years), timezone.localdate().year)
    found = [one for one in every if timezone.localdate(one.starts_at).year == year]
    data = posted(request)
    form = TakeForm(data, found=found)
    wanted = found if data and "all" in data else []
    if wanted or form.is_valid():
        wanted = wanted or form.cleaned_data["meetings"]
        asked = {"meetings": sorted(one.pk for one in wanted)}
        return redirect("export", exports.ask("minutes", asked, by=request.user).pk)
    context = {"form": form, "found": found, "year": year, "years": years}
    context["all_words"] = f"Make a file of all in {year}"
    response = render(request, "meetings/take.html", context)
    record_view(EventType.LIST_VIEWED, by=request.user, page="minutes_take")
    return response


@require_safe
def panel_extract(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    reader = get_reader(request.user, reference)
    access.require_panel_material(reader)
    extract = extracts.get_extract(request.user, reader.case, pk)
    access.require(request.user, Perm.MINUTES_EXPORT, extract.copy.meeting)
    if not step_up.is_fresh(request):  # a download leaves the page as it is, so its page comes next
        return step_up.ask(request, then=reverse("case_panel", args=[reference]))
    document = pdf.render_extract(extract)
    sealing.note_extract(extract.item, by=request.user)
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{extract.filename}"'
    return response
