"""What only casework has: who will see this, handling marks, the police zone, timeline, meter."""

import datetime
from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from prevent_cms.components.text import gov_datetime, thousands
from prevent_cms.marking import Mark
from prevent_cms.presentation import Count, Who
from prevent_cms.presentation import who as who_of

PATHS = {
    "eye": "M8 3c3.500 0 6 2.500 7.500 5-1.500 2.500-4 5-7.500 5S2 10.500.500 8C2 5.500 4.500 3 8"
    " 3zm0 2a3 3 0 1 0 0 6 3 3 0 0 0 0-6zm0 1.500a1.500 1.500 0 1 1 0 3 1.500 1.500 0 0 1 0-3z",
    "lock": "M4 7V5a4 4 0 0 1 8 0v2h1v8H3V7h1zm2 0h4V5a2 2 0 0 0-4 0v2z",
}


def icon(name: str) -> SafeString:
    """A small picture that only repeats words beside it."""
    return format_html(
        '<svg class="app-icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        PATHS[name],
    )


def who_sees(reader: Who | Mark | str, *, id: str = "") -> SafeString:  # noqa: A002
    """Who will read what is about to be written: a handling mark, a sentence, or a `Who`."""
    line = who_of(reader)
    return format_html(
        '<p{} class="app-who{}">{}<span><strong>Who will see this:</strong> {}</span></p>',
        format_html(' id="{}"', id) if id else "",
        " app-who--police" if line.police else "",
        icon("lock" if line.police else "eye"),
        line.text,
    )


def mark(value: Mark | str, words: str = "") -> SafeString:
    """The handling mark of an item, in words with its icon."""
    found = Mark(value)
    return format_html(
        '<span class="app-mark">{}{}</span>',
        icon("lock" if found is Mark.POLICE else "eye"),
        words or found.label,
    )


def police_zone(
    content: str,
    title: str,
    *,
    level: int = 2,
    id: str = "police",  # noqa: A002
) -> SafeString:
    """The box of what only police may read; the title says so in words."""
    words = title if title.lower().startswith("police only") else f"Police only: {title}"
    return format_html(
        '<section class="app-police" aria-labelledby="{}"><h{} class="app-police__label" id="{}">'
        "{} {}</h{}>{}</section>",
        id,
        level,
        id,
        icon("lock"),
        words,
        level,
        content,
    )


def timeline(content: str) -> SafeString:
    return format_html('<div class="moj-timeline app-timeline">{}</div>', content)


def timeline_item(
    content: str,
    title: str,
    at: datetime.datetime | datetime.date,
    *,
    by: str = "",
    mark: Mark | str = "",
    level: int = 3,
) -> SafeString:
    """One entry; the mark is shown when only police may read it or it is our agency's own."""
    own = mark in (Mark.POLICE, Mark.AGENCY)
    text = content.strip()
    return format_html(
        '<div class="moj-timeline__item"><div class="moj-timeline__header"><h{} class='
        '"moj-timeline__title">{}</h{}>{}</div><p class="moj-timeline__date"><time datetime="{}">{}'
        "</time></p>{}{}</div>",
        level,
        title,
        level,
        format_html(' <p class="moj-timeline__byline">by {}</p>', by) if by else "",
        at.isoformat(),
        gov_datetime(at),  # type: ignore[arg-type]
        format_html('<div class="moj-timeline__description">{}</div>', mark_safe(text))
        if text
        else "",
        mark_label(mark) if own else "",
    )


mark_label = mark


def meter(states: Iterable[str]) -> SafeString:
    """Boxes that repeat a sentence: "in", "nil", "late", or "" for waiting."""
    items = ((f"is-{state}" if state else "is-waiting",) for state in states)
    return format_html(
        '<ul class="app-meter" aria-hidden="true">{}</ul>',
        format_html_join("", '<li class="{}"></li>', items),
    )


def counts(figures: Iterable[Count]) -> SafeString:
    """The figures of "my work", each a link to exactly its rows."""
    return format_html(
        '<ul class="app-counts">{}</ul>',
        format_html_join("", "{}", ((_count(figure),) for figure in figures)),
    )


def _count(figure: Count) -> SafeString:
    words = format_html("<b>{}</b>{}", figure.words or thousands(figure.number), figure.label)
    return format_html(
        '<li class="moj-ticket-panel__content moj-ticket-panel__content--{}">{}{}</li>',
        figure.colour,
        format_html(
            '<a class="govuk-link govuk-link--no-visited-state" href="{}">{}</a>', figure.url, words
        )
        if figure.number
        else format_html("<strong>{}</strong>", words),
        format_html("<span>{}</span>", figure.note) if figure.note else "",
    )


def ref(value: str) -> SafeString:
    """A reference, which never breaks over two lines."""
    return format_html('<span class="app-ref">{}</span>', value)


def late(text: str) -> SafeString:
    """Words that say how late something is."""
    return format_html('<span class="app-late">{}</span>', text)
