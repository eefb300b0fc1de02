"""One reader's copy of a pack as a tagged PDF (PDF/UA-1): one document, one page for each item."""

import datetime

from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from channel.meetings.pack.copies import Copy
from prevent_cms.errors import ActionInvalid
from prevent_cms.marking import CLASSIFICATION


def page_of(copy: Copy) -> str:
    """The document as a page; ActionInvalid when the record is not what was issued."""
    if not copy.pack.is_intact:
        raise ActionInvalid("The pack is not what was issued. Tell the system administrator.")
    moment = copy.pack.issued_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    context = {"copy": copy, "classification": CLASSIFICATION, "moment": moment}
    return render_to_string("meetings/pack/pdf.html", context)


def written(page: str) -> bytes:
    """The bytes of a document. Nothing is fetched, whatever its text names."""
    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return made


def render(copy: Copy) -> bytes:
    """The bytes of a copy; what is not for the reader is not in them."""
    return written(page_of(copy))
