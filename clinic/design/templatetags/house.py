"""What the template pack `house` asks beyond Django: telephone numbers that stay on one line.

Refuses to find out whose number it is.
"""

from __future__ import annotations

import re
from typing import Final

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

NUMBER: Final = re.compile(r"\(\d{3}\) \d{3}-\d{4}")


@register.filter
def whole_numbers(text: str) -> SafeString:
    """The text, escaped, with each North American number kept from breaking at its blank."""
    kept = NUMBER.sub(r'<span class="whole">\g<0></span>', conditional_escape(text))
    return mark_safe(kept)  # noqa: S308 - escaped above; only the span is ours.
