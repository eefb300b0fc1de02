"""A case as a partner sees it: drawn by the very pages, for a reader of that agency who is nobody.

Nothing can be done in it: whatever posts is taken out, and links lead to the same preview or nowhere.
"""

import copy
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import resolve, reverse
from django.utils.safestring import SafeString, mark_safe

from accounts import grants, stand_in
from accounts.http import SignedInRequest
from accounts.models import Agency
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms import wall
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.presentation import CaseBar
from prevent_cms.typed import number_in
from referrals import holders
from referrals.access import Reader
from referrals.actions.sharing import as_if_shared

FIRST = "case_overview"
PAGES = frozenset(
    {
        FIRST,
        "case_referral",
        "case_requests",
        "case_consent",
        "case_assessments",
        "case_panel",
        "case_plan",
        "case_timeline",
    }
)
FRAME = "sharing/frame.html"  # a case page without the head and foot of the service
CUT = "<!-- content -->"  # stands there between the bar and the page


@dataclass(frozen=True)
class Preview:
    """Which agency's eyes, on which page; `kind` when the share is only thought of."""

    reader: Reader
    agency: Agency
    page: str
    kind: ShareKind | None = None

    def url(self, page: str = FIRST) -> str:
        """The address of a page of this preview."""
        asked = {"as": self.agency.pk, "page": page, **({"kind": self.kind} if self.kind else {})}
        return f"{reverse('case_preview', args=[self.reader.case.reference])}?{urlencode(asked)}"


def asked_for(reader: Reader, query: Mapping[str, str]) -> Preview:
    """The preview that an address asks for; Http404 for an agency that it cannot be had for.

    That is one which has the case or, with a `kind`, one which the reader could share it with.
    Police are never previewed, for the reader may be somebody else.
    """
    number, kind = query.get("as", ""), query.get("kind", "")
    page = query.get("page", FIRST)
    if kind:
        allowed = kind in OFFERED and reader.case.is_released and reader.may(Perm.CASE_SHARE)
        found = holders.agencies_to_let_in(reader.case) if allowed else Agency.objects.none()
    else:
        having = grants.shares_of(reader.case).values("group")
        found = Agency.objects.filter(group__in=having).exclude(kind=Agency.Kind.POLICE)
    agency = found.select_related("area").filter(pk=number_in(number) or 0).first()
    if agency is None:
        raise Http404
    return Preview(
        reader, agency, page if page in PAGES else FIRST, ShareKind(kind) if kind else None
    )


OFFERED = (ShareKind.PANEL, ShareKind.DELIVER)


@dataclass(frozen=True)
class Drawn:
    bar: SafeString
    content: SafeString


def draw(request: SignedInRequest, preview: Preview) -> Drawn | None:
    """The page as they see it; None when they would be told that it is not there.

    The view is called for a stand-in. Shares that are thought of, or wait for the end of a hold of
    which the reader may not know, count; they are never stored.
    """
    seen = copy.copy(request)
    seen.user = stand_in.reader_of(preview.agency)
    seen.is_preview = True  # type: ignore[attr-defined]
    found = resolve(reverse(preview.page, args=[preview.reader.case.reference]))
    try:
        with _shared(preview), wall.acting_for(wall.NOBODY):
            page = found.func(seen, **found.kwargs).content.decode()
    except (Http404, ActionDenied, ActionInvalid):
        return None
    links = {reverse(p, args=[preview.reader.case.reference]): preview.url(p) for p in PAGES}
    bar, _, content = page.partition(CUT)
    return Drawn(to_read(bar, links), to_read(content, links))


def _shared(preview: Preview) -> AbstractContextManager[None]:
    case, agency = preview.reader.case, preview.agency
    if preview.kind:
        return as_if_shared(case, agency, preview.kind)
    return nullcontext() if preview.reader.is_police else as_if_shared(case, agency)


def is_one(request: HttpRequest) -> bool:
    """Whether a page is drawn for a preview."""
    return getattr(request, "is_preview", False)


def framed(bar: CaseBar) -> dict[str, Any]:
    """What a page of a preview has instead: a frame of its own, and nothing to do next."""
    return {"frame": FRAME, "bar": replace(bar, next_action=None)}


def to_read(html: str, links: Mapping[str, str] | None = None) -> SafeString:
    """A page without anything that acts, its links led by `links` or taken out."""
    parser = _ToRead(links or {})
    parser.feed(html)
    parser.close()
    return mark_safe("".join(parser.out))


class _ToRead(HTMLParser):
    """Copies a page as it stands, save forms, buttons and links that lead elsewhere."""

    def __init__(self, links: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=False)
        self.links, self.out = links, list[str]()
        self.left_out = ""  # the element that is being left out
        self.is_plain = False  # inside a link of which only the words stay

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.left_out:
            return
        given, text = dict(attrs), self.get_starttag_text() or ""
        if tag in ("form", "button") or (tag == "a" and given.get("role") == "button"):
            self.left_out = tag
        elif tag == "a" and not (given.get("href") or "").startswith("#"):
            self._link(str(given.get("href")), text)
        else:
            self.out.append(text)

    def _link(self, href: str, text: str) -> None:
        self.is_plain = href not in self.links
        there = escape(self.links.get(href, ""))
        self.out.append(
            '<span class="app-plain">' if self.is_plain else text.replace(f'"{href}"', f'"{there}"')
        )

    def handle_endtag(self, tag: str) -> None:
        if self.left_out:
            self.left_out = "" if tag == self.left_out else self.left_out
        elif tag == "a" and self.is_plain:
            self.is_plain = False
            self.out.append("</span>")
        else:
            self.out.append(f"</{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._keep(self.get_starttag_text() or "")

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def _keep(self, text: str) -> None:
        if not self.left_out:
            self.out.append(text)
