"""What runs beside Channel: read, recorded, looked at again and ended by the coordinators."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from accounts.permissions import Perm
from prevent_cms.errors import ActionInvalid
from prevent_cms.history.versions import Record
from prevent_cms.workflow import NOT_NOW
from referrals import access, parallel
from referrals.access import Reader
from referrals.actions import parallel as acts
from referrals.forms.parallel import ChangeForm, EndForm, ProcessForm, TermsForm
from referrals.pages import render_case

TAB = "case_parallel"


@require_safe
def case_parallel(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = access.get_coordinated(request.user, reference)
    page = {"reader": reader, "processes": parallel.of_case(reader)}
    page["may"] = parallel.is_recordable(reader)
    return render_case(request, reader.case, "parallel/list.html", page, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_parallel_new(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = _recorder(request, reference)
    form = ProcessForm(posted(request), reader=reader)
    if form.is_valid():
        acts.record_process(reader.case, form.terms(), **form.identity(), by=request.user)
        return _done(request, reader, "Recorded")
    return _draw(request, reader, form, "Record what runs beside Channel", "Record")


@require_http_methods(["GET", "HEAD", "POST"])
def case_parallel_edit(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    reader = _recorder(request, reference)
    process = parallel.get_running(reader, pk)
    initial = {name: getattr(process, name) for name in acts.Terms.__dataclass_fields__}
    form = ChangeForm(posted(request), initial=initial, reader=reader, record=Record(process))
    if form.is_valid():
        acts.change_process(process, form.terms(), version=form.version, by=request.user)
        return _done(request, reader, "Saved")
    return _draw(request, reader, form, f"Look again: {process.title}", "Save")


@require_http_methods(["GET", "HEAD", "POST"])
def case_parallel_end(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    reader = _recorder(request, reference)
    process = parallel.get_running(reader, pk)
    form = EndForm(posted(request), reader=reader, process=process)
    if form.is_valid():
        acts.end_process(process, **form.cleaned_data, by=request.user)
        return _done(request, reader, "The end is recorded")
    return _draw(request, reader, form, f"End: {process.title}", "Record the end")


def _recorder(request: SignedInRequest, reference: str) -> Reader:
    """A coordinator who may record; ActionInvalid when the case takes nothing now."""
    reader = access.get_coordinated(request.user, reference, Perm.PARALLEL_RECORD)
    if not parallel.is_recordable(reader):
        raise ActionInvalid(NOT_NOW)
    return reader


def _done(request: SignedInRequest, reader: Reader, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(TAB, reader.case.reference)


def _draw(
    request: SignedInRequest, reader: Reader, form: TermsForm | EndForm, title: str, go: str
) -> HttpResponse:
    page: dict[str, Any] = {"reader": reader, "form": form, "title": title, "submit_text": go}
    page["cancel_url"] = reverse(TAB, args=[reader.case.reference])
    return render_case(request, reader.case, "form_page.html", page, tab=TAB)
