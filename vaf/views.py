from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from referrals.access import get_coordinated
from referrals.pages import render_case
from vaf import access, reading
from vaf.actions import assessments
from vaf.forms import DimensionForm, StartForm

TAB = "case_assessments"


@require_safe
def case_assessments(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = get_coordinated(request.user, reference)
    case = reader.case
    rows = reading.rows(access.assessments_of(request.user, case))
    may_write = access.may_write(reader)
    drafting = any(not row.assessment.is_signed for row in rows)
    context = {
        "reader": reader,
        "rows": rows,
        "may_write": may_write,
        "may_start": may_write and not drafting,
    }
    return render_case(request, case, "vaf/list.html", context, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_assessment_start(request: SignedInRequest, reference: str) -> HttpResponse:
    reader = get_coordinated(request.user, reference)
    case = reader.case
    access.require_writable(reader)
    initial = {"point": access.usual_point(case)}
    form = StartForm(posted(request), initial=initial)
    if form.is_valid():
        assessment = assessments.start(case, **form.cleaned_data, by=request.user)
        return redirect(assessment)
    context = {
        "reader": reader,
        "form": form,
        "title": "Start an assessment",
        "submit_text": "Start",
    }
    context["cancel_url"] = reverse(TAB, args=[case.reference])
    return render_case(request, case, "form_page.html", context, tab=TAB)


@require_safe
def case_assessment(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    reader = get_coordinated(request.user, reference)
    case = reader.case
    assessment = access.get_assessment(reader, pk)
    may_write = access.may_write(reader) and not assessment.is_signed
    context = {
        "reader": reader,
        "sheet": reading.read(request.user, assessment),
        "may_write": may_write,
    }
    return render_case(request, case, "vaf/assessment.html", context, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_assessment_dimension(
    request: SignedInRequest, reference: str, pk: int, dimension: str
) -> HttpResponse:
    reader = get_coordinated(request.user, reference)
    case = reader.case
    assessment = access.get_draft(reader, pk)
    sheet = reading.read(request.user, assessment)
    block = sheet.block(dimension)
    data = posted(request)
    form = DimensionForm(data, block=block, assessment=assessment)
    if form.is_valid():
        assessments.save_dimension(assessment, **form.given, by=request.user)
        messages.success(request, f"{block.dimension.short} saved")
        return redirect(_where_next(sheet, block, data or {}))
    context = {
        "reader": reader,
        "form": form,
        "sheet": sheet,
        "part": block,
        "following": sheet.after(block),
    }
    return render_case(request, case, "vaf/dimension.html", context, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def case_assessment_sign(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    reader = get_coordinated(request.user, reference)
    case = reader.case
    assessment = access.get_draft(reader, pk)
    if request.method == "POST":
        assessments.sign(assessment, by=request.user)
        messages.success(request, "Assessment signed")
        return redirect(assessment)
    context = {"reader": reader, "sheet": reading.read(request.user, assessment)}
    return render_case(request, case, "vaf/sign.html", context, tab=TAB)


def _where_next(sheet: reading.Sheet, block: reading.Block, data: Mapping[str, str]) -> str:
    """After saving: the dimension that follows, then the check page; or back to the assessment."""
    place = [sheet.assessment.case.reference, sheet.assessment.pk]
    following = sheet.after(block)
    if data.get("go") != "on":
        return reverse("case_assessment", args=place)
    if following is None:
        return reverse("case_assessment_sign", args=place)
    return reverse("case_assessment_dimension", args=[*place, following.dimension.key])
