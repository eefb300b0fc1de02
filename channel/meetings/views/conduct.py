"""Conducting the meeting: one item recorded without leaving the page."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.meetings import access, confidentiality, steps
from channel.meetings.actions import conduct
from channel.meetings.forms import build
from channel.meetings.forms.item import ItemForms, PoliceNoteForm
from channel.meetings.sheet import Sheet
from channel.meetings.views.pages import render_meeting
from referrals import access as cases


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_item(request: SignedInRequest, pk: int, number: str) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk)
    item = access.get_item(request.user, meeting, number)
    page = Sheet(request.user, item)
    if request.method != "POST" and confidentiality.asks(meeting, request.user):
        context = {"statement": confidentiality.statement(meeting), "number": number}
        return render_meeting(request, meeting, "meetings/agree.html", context)
    data = posted(request)
    if data is not None:
        cases.require(request.user, Perm.MEETING_RECORD, item.case)
        steps.require("record", meeting)
    forms = build.item_forms(page, data) if page.may_record else None
    if forms and data and forms.is_valid():
        conduct.record_item(item, forms.entry, by=request.user)
        messages.success(request, f"Item {number} saved")
        onward = data.get("go") == "next" and page.following
        return redirect("meeting_item", pk, onward or number)
    return _draw(request, page, forms, build.note_form(page))


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_note(request: SignedInRequest, pk: int, number: str) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk)
    item = access.get_item(request.user, meeting, number)
    page = Sheet(request.user, item)
    if not page.reader.is_police:
        raise Http404
    steps.require("record", meeting)
    form = build.note_form(page, posted(request))
    if form and form.is_valid():
        text, version = form.cleaned_data["text"], form.version
        conduct.write_police_note(item, text=text, version=version, by=request.user)
        messages.success(request, "Side note saved")
        return redirect("meeting_item", pk, number)
    forms = build.item_forms(page) if page.may_record else None
    return _draw(request, page, forms, form)


def _draw(
    request: SignedInRequest, page: Sheet, forms: ItemForms | None, note: PoliceNoteForm | None
) -> HttpResponse:
    """The page of an item."""
    item, form = page.item, forms.form if forms else None
    wrong = [one for one in (form, note) if one and one.errors]
    context = {
        "page": page,
        "item": item,
        "item_words": f"Item {item.number}",
        "forms": forms,
        "note_form": note,
        "has_errors": bool(wrong) or bool(forms and forms.has_wrong_rows),
    }
    return render_meeting(request, item.meeting, "meetings/item.html", context, item=item)
