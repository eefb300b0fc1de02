"""GOV.UK components: tags, boxes, banners, links, buttons, summary lists and cards."""

import re
from collections.abc import Iterable
from typing import Any

from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from prevent_cms.components.text import shown
from prevent_cms.drafts import page

EMPTY = mark_safe("")


def tag(text: str, colour: str = "") -> SafeString:
    """A status tag; without a colour it is blue."""
    extra = f" govuk-tag--{colour}" if colour else ""
    return format_html('<strong class="govuk-tag{} app-tag-nowrap">{}</strong>', extra, text)


def inset(content: str) -> SafeString:
    return format_html('<div class="govuk-inset-text">{}</div>', content)


def warning(content: str) -> SafeString:
    return format_html(
        '<div class="govuk-warning-text"><span class="govuk-warning-text__icon" aria-hidden="true">'
        '!</span><strong class="govuk-warning-text__text"><span class="govuk-visually-hidden">'
        "Warning</span> {}</strong></div>",
        content,
    )


def details(content: str, summary: str, *, open: bool = False) -> SafeString:  # noqa: A002
    return format_html(
        '<details class="govuk-details"{}><summary class="govuk-details__summary"><span class='
        '"govuk-details__summary-text">{}</span></summary><div class="govuk-details__text">{}</div>'
        "</details>",
        mark_safe(" open") if open else "",
        summary,
        content,
    )


def banner(
    content: str,
    title: str = "Important",
    *,
    kind: str = "",
    id: str = "",  # noqa: A002
) -> SafeString:
    """A notification banner; `kind="success"` is green and is announced."""
    name = id or "banner-title"
    return format_html(
        '<div class="govuk-notification-banner{}" role="{}" aria-labelledby="{}" data-module='
        '"govuk-notification-banner"><div class="govuk-notification-banner__header"><h2 class='
        '"govuk-notification-banner__title" id="{}">{}</h2></div><div class='
        '"govuk-notification-banner__content">{}</div></div>',
        " govuk-notification-banner--success" if kind == "success" else "",
        "alert" if kind == "success" else "region",
        name,
        name,
        title,
        content,
    )


def panel(content: str, title: str) -> SafeString:
    """The green panel of a confirmation page; its title is the page's h1."""
    return format_html(
        '<div class="govuk-panel govuk-panel--confirmation"><h1 class="govuk-panel__title">{}</h1>'
        '<div class="govuk-panel__body">{}</div></div>',
        title,
        content,
    )


def link(text: str, href: str, hidden: str = "", *, inverse: bool = False) -> SafeString:
    """A link; `hidden` completes its words for screen readers ("Change" + "date of birth")."""
    extra = format_html('<span class="govuk-visually-hidden"> {}</span>', hidden) if hidden else ""
    style = "govuk-link govuk-link--inverse" if inverse else "govuk-link"
    return format_html('<a class="{}" href="{}">{}{}</a>', style, href, text, extra)


def back_link(href: str, text: str = "Back") -> SafeString:
    return format_html(
        '<nav aria-label="Back"><a href="{}" class="govuk-back-link">{}</a></nav>', href, text
    )


def breadcrumbs(*pairs: str) -> SafeString:
    """Titles and addresses in turn; a last title without an address is this page."""
    items = []
    for place in range(0, len(pairs), 2):
        title, *rest = pairs[place : place + 2]
        item = ' aria-current="page"' if not rest else ""
        inner = (
            format_html('<a class="govuk-breadcrumbs__link" href="{}">{}</a>', rest[0], title)
            if rest
            else title
        )
        items.append((mark_safe(item), inner))
    lines = format_html_join("", '<li class="govuk-breadcrumbs__list-item"{}>{}</li>', items)
    return format_html(
        '<nav class="govuk-breadcrumbs" aria-label="Breadcrumb"><ol class='
        '"govuk-breadcrumbs__list">{}</ol></nav>',
        lines,
    )


def submit(
    text: str = "Continue", kind: str = "", *, name: str = "", value: str = ""
) -> SafeString:
    """The button that posts a form; `kind` is secondary, warning, or empty for green."""
    extra = format_html(' name="{}" value="{}"', name, value) if name else ""
    return (
        format_html(
            '<button type="submit" class="govuk-button{}" data-module="govuk-button" '
            'data-prevent-double-click="true"{}>{}</button>',
            f" govuk-button--{kind}" if kind else "",
            extra,
            text,
        )
        + page.button()
    )


def button_link(text: str, href: str, kind: str = "", *, hidden: str = "") -> SafeString:
    """A link that looks like a button; `kind="start"` adds the arrow."""
    arrow = START_ARROW if kind == "start" else ""
    extra = format_html('<span class="govuk-visually-hidden"> {}</span>', hidden) if hidden else ""
    return format_html(
        '<a href="{}" role="button" draggable="false" class="govuk-button{}" data-module='
        '"govuk-button">{}{}{}</a>',
        href,
        f" govuk-button--{kind}" if kind else "",
        text,
        extra,
        arrow,
    )


START_ARROW = mark_safe(
    '<svg class="govuk-button__start-icon" xmlns="http://www.w3.org/2000/svg" width="17.5" '
    'height="19" viewBox="0 0 33 40" aria-hidden="true" focusable="false"><path '
    'fill="currentColor" d="M0 0h13l20 20-20 20H0l20-20z"/></svg>'
)


def post_button(
    context: Context,
    text: str,
    href: str,
    kind: str = "secondary",
    *,
    hidden: str = "",
    **values: str,
) -> SafeString:
    """A form of one button; keyword arguments go with it as hidden values."""
    hiddens = format_html_join(
        "", '<input type="hidden" name="{}" value="{}">', ((k, v) for k, v in values.items())
    )
    extra = format_html('<span class="govuk-visually-hidden"> {}</span>', hidden) if hidden else ""
    return format_html(
        '<form method="post" action="{}" class="app-inline-form" novalidate>'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">{}{}</form>',
        href,
        context.get("csrf_token", ""),
        hiddens,
        submit(format_html("{}{}", text, extra), kind),
    )


CODE = re.compile(r"[\w.:,-]{0,24}", re.ASCII)  # what a person chose and did not write
UNSHOWN = ("csrfmiddlewaretoken", "draft", "asked-")


def own_text(context: Context) -> SafeString:
    """On the page of a refusal: what this person wrote in what was refused, to copy it."""
    request = context.get("request")
    if request is None or request.method != "POST" or not request.user.is_authenticated:
        return EMPTY
    wrote = [
        (name.rsplit("-", 1)[-1].replace("_", " ").capitalize(), text)
        for name, text in request.POST.items()
        if not CODE.fullmatch(text) and not name.startswith(UNSHOWN) and "password" not in name
    ]
    if not wrote:
        return EMPTY
    rows = format_html_join(
        "", '<h3 class="govuk-heading-s">{}</h3><p class="govuk-body app-keep-lines">{}</p>', wrote
    )
    return format_html(
        '<section class="app-box" aria-labelledby="own-text"><h2 class="govuk-heading-m" '
        'id="own-text">What you wrote</h2><p class="govuk-body">It is not saved. Copy it if you '
        "still need it.</p>{}</section>",
        rows,
    )


def error_summary(*forms: BaseForm | BaseFormSet | None) -> SafeString:
    """Every error of the forms and formsets, each linked to its field; or the drafts there are."""
    lines = list(_lines(forms))
    if not lines:
        single = (form for form in forms if form and not isinstance(form, BaseFormSet))
        return format_html_join("", "{}", ((page.offer(form),) for form in single))
    return format_html(
        '<div class="govuk-error-summary" data-module="govuk-error-summary"><div role="alert">'
        '<h2 class="govuk-error-summary__title">There is a problem</h2><div class='
        '"govuk-error-summary__body"><ul class="govuk-list govuk-error-summary__list">{}</ul></div>'
        "</div></div>",
        format_html_join("", "<li>{}</li>", ((line,) for line in lines)),
    )


def _lines(forms: Iterable[Any]) -> Iterable[str]:
    for form in forms:
        if isinstance(form, BaseFormSet):
            yield from map(str, form.non_form_errors())
            yield from _lines(form.forms)
        elif form:
            yield from form.non_field_errors()
            for field in form:
                for error in field.errors:
                    yield format_html('<a href="#{}">{}</a>', field.first_id, error)


def summary_list(content: str) -> SafeString:
    return format_html('<dl class="govuk-summary-list">{}</dl>', content)


def summary_row(
    key: str, value: Any, href: str = "", action: str = "Change", *, hidden: str = ""
) -> SafeString:
    """One row; the link's hidden words are the key unless others are given."""
    return summary_item(shown(value), key, href, action, hidden=hidden)


def summary_item(
    content: str, key: str, href: str = "", action: str = "Change", *, hidden: str = ""
) -> SafeString:
    """One row whose value is written between the tags."""
    words = hidden or key[:1].lower() + key[1:]
    actions = (
        format_html('<dd class="govuk-summary-list__actions">{}</dd>', link(action, href, words))
        if href
        else ""
    )
    return format_html(
        '<div class="govuk-summary-list__row{}"><dt class="govuk-summary-list__key">{}</dt>'
        '<dd class="govuk-summary-list__value">{}</dd>{}</div>',
        "" if href else " govuk-summary-list__row--no-actions",
        key,
        content,
        actions,
    )


def summary_card(
    content: str,
    title: str,
    href: str = "",
    action: str = "Change",
    *,
    hidden: str = "",
    level: int = 2,
) -> SafeString:
    """A card with a title and, with `href`, one link."""
    actions = (
        format_html(
            '<ul class="govuk-summary-card__actions"><li class="govuk-summary-card__action">{}</li>'
            "</ul>",
            link(action, href, hidden),
        )
        if href
        else ""
    )
    heading = format_html('<h{} class="govuk-summary-card__title">{}</h{}>', level, title, level)
    return format_html(
        '<div class="govuk-summary-card"><div class="govuk-summary-card__title-wrapper">{}{}</div>'
        '<div class="govuk-summary-card__content">{}</div></div>',
        heading,
        actions,
        content,
    )
