"""The minutes as a tagged PDF (PDF/UA-1) by WeasyPrint, the same bytes for the same copy."""

import datetime
from typing import Any

from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from channel.meetings import canonical
from channel.meetings.copies import Copy
from channel.meetings.extracts import Extract
from prevent_cms.marking import CLASSIFICATION


def render(copy: Copy) -> bytes:
    """One reader's copy of the minutes.

    What is not for the reader was taken out of the record before, so it is not in the bytes.
    Raises ActionInvalid when the seal does not fit.
    """
    return _document("meetings/minutes_pdf.html", copy, {"record": copy.shown})


def render_extract(extract: Extract) -> bytes:
    """One item of the minutes for the file of its case; raises as `render` does."""
    words = {"record": extract.record, "shown": extract.shown}
    return _document("meetings/extract_pdf.html", extract.copy, words)


def _document(template: str, copy: Copy, words: dict[str, Any]) -> bytes:
    """A tagged PDF of a page; nothing is fetched but `data:` addresses."""
    if copy.sealed:
        canonical.require_intact(copy.sealed)
    moment = copy.moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    context = {"copy": copy, "classification": CLASSIFICATION, "moment": moment}
    page = render_to_string(template, context | words)
    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return made
