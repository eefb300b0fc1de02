"""The pack of a meeting: cover, one brief a page, its document, its log, the next version."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from channel.exports import access as files
from channel.exports.actions import exports
from channel.meetings import access, steps
from channel.meetings.actions import packs
from channel.meetings.forms.packs import RecallForm, SupplementForm
from channel.meetings.models import Pack
from channel.meetings.pack import access as reading
from channel.meetings.pack import export
from channel.meetings.pack.copies import Copy
from channel.meetings.views.pages import render_meeting

COPIES = 200  # of one version, in its log


@require_safe
def pack(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk)
    manages = access.may(request.user, Perm.MEETING_MANAGE, meeting)
    newest = Pack.newest(meeting)
    if manages and newest and newest.recalled:
        return redirect("pack_log", pk)
    copy = Copy(reading.require_current(meeting), request.user)
    context = {
        "copy": copy,
        "manages": manages,
        "may_issue": manages and steps.allows("issue", meeting),
        "may_export": access.may(request.user, Perm.MINUTES_EXPORT, meeting),
    }
    return render_meeting(request, meeting, "meetings/pack/cover.html", context, tab="pack")


@require_safe
def pack_brief(request: SignedInRequest, pk: int, number: str) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk)
    copy = Copy(reading.require_intact(meeting), request.user)
    page = copy.page_of(number)
    if page is None:
        raise Http404
    before, after = copy.beside(page)
    context = {"copy": copy, "page": page, "before": before, "after": after}
    item = access.get_item(request.user, meeting, number) if page.is_open else None
    return render_meeting(
        request, meeting, "meetings/pack/page.html", context, tab="pack", item=item
    )


@require_http_methods(["GET", "HEAD", "POST"])
def pack_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asking for the document, and from then on where to fetch it."""
    meeting = access.get_meeting(request.user, pk, Perm.MINUTES_EXPORT)
    wanted = export.ids(reading.require_current(meeting))
    if request.method == "POST":
        return redirect("export", exports.ask("pack", wanted, by=request.user).pk)
    mine = files.exports_for(request.user).filter(kind="pack", ids__contains=wanted)
    found = next((one for one in mine if one.is_under_way or one.is_ready), None)
    return redirect("export", found.pk) if found else redirect("pack", pk)


@require_safe
def pack_log(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    versions = list(
        Pack.objects.filter(meeting=meeting)
        .defer("record")
        .select_related("issued_by", "recall__by")
        .prefetch_related("copies__to")
    )
    newest = versions[0] if versions else None
    context = {
        "versions": [(one, list(one.copies.all())[:COPIES]) for one in versions],
        "may_issue": newest is not None and steps.allows("issue", meeting),
        "may_recall": newest is not None and not newest.recalled,
    }
    return render_meeting(request, meeting, "meetings/pack/log.html", context, tab="pack")


@require_http_methods(["GET", "HEAD", "POST"])
def pack_supplement(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    steps.require("issue", meeting)
    newest = reading.require_any(meeting)
    pages, is_after = Copy(newest, request.user).pages, newest.recalled is not None
    form = SupplementForm(posted(request), pages=pages, is_after_recall=is_after)
    if form.is_valid():
        made = packs.issue_supplement(meeting, **form.cleaned_data, by=request.user)
        messages.success(request, f"Version {made.version} of the pack issued")
        return redirect("pack", pk)
    back = reverse("pack_log", args=[pk])
    words = {"title": "Issue a supplement", "submit_text": "Issue the next version"}
    lead = (
        "The briefs are made anew from the cases as they stand now. The others stay as they were."
    )
    if is_after:
        lead = "Every brief is made anew from the cases as they stand now."
    context = {**words, "form": form, "lead": lead, "cancel_url": back, "back_url": back}
    return render_meeting(request, meeting, "form_page.html", context, tab="pack")


@require_http_methods(["GET", "HEAD", "POST"])
def pack_recall(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = access.get_meeting(request.user, pk, Perm.MEETING_MANAGE)
    current = reading.require_current(meeting)
    form = RecallForm(posted(request), version=current.version)
    if form.is_valid():
        packs.recall_pack(meeting, **form.cleaned_data, by=request.user)
        messages.success(request, "Pack recalled. Nobody can open it now.")
        return redirect("pack_log", pk)
    back = reverse("pack_log", args=[pk])
    context = {
        "form": form,
        "title": f"Recall version {current.version} of the pack",
        "lead": "Nobody can open it any more, nor download it. Then issue the next version.",
        "submit_text": "Recall the pack",
        "submit_kind": "warning",
        "cancel_url": back,
        "back_url": back,
    }
    return render_meeting(request, meeting, "form_page.html", context, tab="pack")
