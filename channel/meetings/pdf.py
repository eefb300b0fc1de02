"""The minutes as a tagged PDF (PDF/UA-1) by WeasyPrint, the same bytes for the same copy."""

import datetime

from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from channel.meetings.copies import Copy
from prevent_cms.errors import ActionInvalid
from prevent_cms.marking import CLASSIFICATION


def render(copy: Copy) -> bytes:
    """One reader's copy of the minutes.

    What is not for the reader was taken out of the record before, so it is not in the bytes.
    Nothing is fetched but `data:` addresses. Raises ActionInvalid when the seal does not fit.
    """
    if not copy.is_intact:
        raise ActionInvalid("The record does not match its seal. Tell the system administrator.")
    moment = copy.moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    context = {
        "copy": copy,
        "record": copy.shown,
        "classification": CLASSIFICATION,
        "moment": moment,
    }
    page = render_to_string("meetings/minutes_pdf.html", context)
    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return made
