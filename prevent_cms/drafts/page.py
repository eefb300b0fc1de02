"""The page that is being drawn, as far as drafts go: the form layer asks here, no page does."""

from contextvars import ContextVar
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString, mark_safe

from prevent_cms.drafts.keep import Place, of_page
from prevent_cms.drafts.models import Draft
from prevent_cms.fields.text import LongText


class Page:
    """One request of a signed-in person. A form keeps drafts when it asks for a long answer."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user_id: int = request.user.pk or 0
        self.drawn: set[str] = set()
        self.button_is_due = False

    @cached_property
    def drafts(self) -> dict[str, Draft]:
        return of_page(self.user_id, self.request.path)

    @property
    def used(self) -> str:
        """The form whose draft its writer asked to see again."""
        return self.request.GET.get("draft", "") if self.request.method == "GET" else ""

    def place(self, form: Any) -> Place:
        return Place(self.user_id, self.request.path, type(form).__name__)


current: ContextVar[Page | None] = ContextVar("page", default=None)


def _keeps(form: Any) -> bool:
    return any(isinstance(field, LongText) for field in form.fields.values())


def token(form: Any) -> str:
    """What the form carries along, once: whose draft it is, of which form."""
    page = current.get()
    if page is None or type(form).__name__ in page.drawn or not _keeps(form):
        return ""
    page.drawn.add(type(form).__name__)
    page.button_is_due = True
    return page.place(form).token


def kept(form: Any) -> MultiValueDict[str, Any] | None:
    """What stands in the form instead of what is saved, when its writer asked for the draft."""
    page = current.get()
    if page is None or form.is_bound or not page.used:
        return None
    if type(form).__name__ != page.used and not form.prefix:  # rows belong to the form beside them
        return None
    draft = page.drafts.get(page.used)
    return MultiValueDict(draft.answers) if draft else None


def button() -> SafeString:
    """Beside the first button of such a form, for browsers without scripts."""
    page = current.get()
    if page is None or not page.button_is_due:
        return mark_safe("")
    page.button_is_due = False
    return render_to_string("govuk/draft_button.html")


def offer(form: Any) -> SafeString:
    """That there is a draft, and what to do with it."""
    page = current.get()
    if page is None or form.is_bound or not _keeps(form):
        return mark_safe("")
    name = type(form).__name__
    if name not in page.drafts:
        return mark_safe("")
    return render_to_string(
        "govuk/draft_offer.html",
        {
            "draft": page.drafts[name],
            "is_used": page.used == name,
            "page": page.request.path,
            "token": page.place(form).token,
            "csrf_token": get_token(page.request),
        },
    )
