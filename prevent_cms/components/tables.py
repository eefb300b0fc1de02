"""Tables that fold into blocks on a phone, pagers and task lists.

Folding drops a table's meaning for screen readers, so the roles are written out.
"""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from prevent_cms.components.layout import EMPTY, tag
from prevent_cms.components.text import shown


def table(
    content: str,
    caption: str,
    *heads: str,
    size: str = "",
    hide_caption: bool = False,
    css: str = "",
) -> SafeString:
    """A table of `row`s. A head that begins with "~" is only for screen readers.

    `css="app-narrow"` and the like adds classes.
    """
    style = "govuk-visually-hidden" if hide_caption else f"govuk-table__caption--{size or 'm'}"
    return format_html(
        '<table role="table" class="govuk-table app-stack{}"><caption class="govuk-table__caption '
        '{}">{}</caption><thead role="rowgroup" class="govuk-table__head"><tr role="row" class='
        '"govuk-table__row">{}</tr></thead><tbody role="rowgroup" class="govuk-table__body">{}'
        "</tbody></table>",
        f" {css}" if css else "",
        style,
        caption,
        format_html_join("", "{}", ((_head(head),) for head in heads)),
        content,
    )


def _head(text: str) -> SafeString:
    if text.startswith("~"):
        text = format_html('<span class="govuk-visually-hidden">{}</span>', text[1:])
    return format_html(
        '<th role="columnheader" scope="col" class="govuk-table__header">{}</th>', text
    )


def row(content: str) -> SafeString:
    return format_html('<tr role="row" class="govuk-table__row">{}</tr>', content)


def row_head(content: str, *, bold: bool = False) -> SafeString:
    """The first cell, which names the row."""
    weight = "" if bold else " govuk-!-font-weight-regular"
    return format_html(
        '<th role="rowheader" scope="row" class="govuk-table__header{}">{}</th>', weight, content
    )


def cell_block(
    content: str, label: str = "", *, numeric: bool = False, css: str = ""
) -> SafeString:
    """A cell whose content is written between the tags; `label` is its column, for phones."""
    classes = "govuk-table__cell" + (" govuk-table__cell--numeric" if numeric else "")
    named = format_html(' data-label="{}"', label) if label else ""
    return format_html(
        '<td role="cell" class="{}"{}>{}</td>', f"{classes} {css}".strip(), named, content
    )


def cell(label: str, value: object, *, numeric: bool = False) -> SafeString:
    """A cell with one value; an empty one is shown as "Not provided"."""
    return cell_block(shown(value), label, numeric=numeric)


def pagination(
    *,
    previous: str = "",
    next: str = "",  # noqa: A002
    previous_label: str = "",
    next_label: str = "",
) -> SafeString:
    """Previous and Next with where they lead ("due after 3 December"); no page numbers."""
    if not previous and not next:
        return EMPTY
    return format_html(
        '<nav class="govuk-pagination govuk-pagination--block" aria-label="Pagination">{}{}</nav>',
        _turn(previous, "prev", "Previous", previous_label),
        _turn(next, "next", "Next", next_label),
    )


ARROWS = {
    "prev": "m6.5938-0.0078125-6.7266 6.7266 6.7441 6.4062 1.377-1.449-4.1856-3.9768h12.896v-2"
    "h-12.984l4.2931-4.293-1.414-1.414z",
    "next": "m8.107-0.0078125-1.4136 1.414 4.2926 4.293h-12.986v2h12.896l-4.1855 3.9766 1.377 "
    "1.4492 6.7441-6.4062-6.7246-6.7266z",
}


def _turn(href: str, direction: str, words: str, label: str) -> SafeString:
    if not href:
        return EMPTY
    where = (
        format_html(
            '<span class="govuk-visually-hidden">:</span><span class='
            '"govuk-pagination__link-label">{}</span>',
            label,
        )
        if label
        else ""
    )
    return format_html(
        '<div class="govuk-pagination__{}"><a class="govuk-link govuk-pagination__link" href="{}" '
        'rel="{}"><svg class="govuk-pagination__icon govuk-pagination__icon--{}" xmlns='
        '"http://www.w3.org/2000/svg" height="13" width="15" aria-hidden="true" focusable="false" '
        'viewBox="0 0 15 13"><path d="{}"></path></svg><span class="govuk-pagination__link-title">'
        '{}<span class="govuk-visually-hidden"> page</span></span>{}</a></div>',
        direction,
        href,
        direction,
        direction,
        ARROWS[direction],
        words,
        where,
    )


def task_list(content: str) -> SafeString:
    return format_html('<ul class="govuk-task-list">{}</ul>', content)


STATUS_COLOUR = {"In progress": "light-blue", "Not yet started": "blue"}


def task(
    title: str,
    href: str,
    status: str,
    *,
    id: str,  # noqa: A002
    hint: str = "",
) -> SafeString:
    """One section of a long form; without `href` it cannot be started yet."""
    name = (
        format_html(
            '<a class="govuk-link govuk-task-list__link" href="{}" aria-describedby="{}-status">'
            "{}</a>",
            href,
            id,
            title,
        )
        if href
        else format_html("<div>{}</div>", title)
    )
    below = format_html('<div class="govuk-task-list__hint">{}</div>', hint) if hint else ""
    shown_status = tag(status, STATUS_COLOUR[status]) if status in STATUS_COLOUR else status
    return format_html(
        '<li class="govuk-task-list__item{}"><div class="govuk-task-list__name-and-hint">{}{}</div>'
        '<div class="govuk-task-list__status{}" id="{}-status">{}</div></li>',
        " govuk-task-list__item--with-link" if href else "",
        name,
        below,
        "" if href else " govuk-task-list__status--cannot-start-yet",
        id,
        shown_status,
    )
