"""What is in a document: the text of its pages, and every byte of it unpacked."""

import io

import pikepdf
import pypdf


def pages_of(document):
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages]


def text_of(document):
    return "\n".join(pages_of(document))


def bytes_in(document):
    """Every byte of the file and of each of its streams, unpacked."""
    parts = [document]
    with pikepdf.open(io.BytesIO(document)) as opened:
        for thing in opened.objects:
            is_stream = isinstance(thing, pikepdf.Stream)
            parts.append(thing.read_bytes() if is_stream else repr(thing).encode())
    return b"\n".join(parts)


def everything_in(document):
    """The same, and the text of the pages."""
    return bytes_in(document) + text_of(document).encode()
