"""Names for the building blocks: `{% load govuk %}`."""

from typing import Any

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from prevent_cms.components import casework, layout, tables, text
from prevent_cms.rendering import who_id

register = template.Library()

for block in (
    layout.inset,
    layout.warning,
    layout.details,
    layout.banner,
    layout.panel,
    layout.summary_list,
    layout.summary_item,
    layout.summary_card,
    tables.table,
    tables.row,
    tables.row_head,
    tables.cell_block,
    tables.task_list,
    casework.police_zone,
    casework.timeline,
    casework.timeline_item,
):
    register.simple_block_tag(block)

for leaf in (
    layout.tag,
    layout.link,
    layout.back_link,
    layout.breadcrumbs,
    layout.submit,
    layout.button_link,
    layout.error_summary,
    layout.summary_row,
    tables.cell,
    tables.pagination,
    tables.task,
    casework.icon,
    casework.who_sees,
    casework.mark,
    casework.meter,
    casework.counts,
    casework.ref,
    casework.late,
):
    register.simple_tag(leaf)

register.simple_tag(layout.post_button, takes_context=True)
register.simple_tag(layout.own_text, takes_context=True)

for function in (
    text.gov_date,
    text.gov_day,
    text.gov_weekday,
    text.gov_time,
    text.gov_datetime,
    text.gov_until,
    text.age,
    text.thousands,
    text.counted,
    text.shown,
    text.browser,
):
    register.filter(function.__name__, function)


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """One field with its label, hint, who-line and error."""
    return bound.as_field_group()


@register.simple_tag
def form_who(form: Any) -> SafeString:
    """The line at the head of a form that says who will see all of it, if it says so."""
    reader = getattr(form, "who_sees_all", None)
    return casework.who_sees(reader, id=who_id(form)) if reader else layout.EMPTY


@register.simple_tag
def fields(form: BaseForm, *names: str) -> SafeString:
    """Some fields of a form, in the order given."""
    return format_html_join("", "{}", ((form[name].as_field_group(),) for name in names))
