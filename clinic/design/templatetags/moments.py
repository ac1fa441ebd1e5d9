"""An instant as a person reads it, with the same instant for a machine.

Holds one tag. Refuses fractions of a second: no reader of HTML understands those of a database.
"""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from clinic.design.said_dates import said

register = template.Library()


@register.simple_tag
def moment(at: datetime | None, shape: str = "D, M j, P") -> SafeString:
    """`{% moment event.at %}`: in the zone of the page, to the second; empty for no instant."""
    if at is None:
        return SafeString("")
    local = localtime(at)
    exact = local.isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', exact, said(local, shape))
