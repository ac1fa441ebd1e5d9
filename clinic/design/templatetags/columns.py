"""Tables that Django's admin writes: the heads of their columns, and the frames they move in."""

from __future__ import annotations

import re
from typing import Final

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

EMPTY_HEAD: Final = re.compile(r"<th([^>]*)>\s*</th>")
FRAME: Final = '<div class="tabular'
TAKES_FOCUS: Final = re.compile(r'<(a|select|textarea|input(?![^>]*type="hidden"))\b')
HEADING: Final = re.compile(r'aria-labelledby="([^"]+)"')


@register.filter
def without_empty_heads(table: SafeString) -> SafeString:
    """The same table with plain cells where a head has no words."""
    return mark_safe(EMPTY_HEAD.sub(r"<td\1></td>", table))  # noqa: S308 - a template wrote it


@register.filter
def reached_by_keys(table: SafeString) -> SafeString:
    """The same table in a frame that takes the focus where nothing in it does, so keys move it."""
    heading = HEADING.search(table)
    if heading is None or TAKES_FOCUS.search(table):
        return table
    frame = f'<div tabindex="0" role="region" {heading[0]} class="tabular'
    return mark_safe(table.replace(FRAME, frame, 1))  # noqa: S308 - a template wrote it
