"""Urgent words in a form that comes back: nothing is saved, so nobody else will ever read them."""

from __future__ import annotations

from typing import Final

from django import forms

from clinic.design.forms import PlainText
from clinic.people.urgency.alarms import are_urgent

READ: Final = 5000
"""So much of a box is looked at: five times what any of them takes."""


def typed_urgently(form: forms.BaseForm) -> bool:
    """Whether somebody typed urgent words into a form that was refused."""
    if not form.is_bound or form.is_valid():
        return False
    boxes = [name for name, field in form.fields.items() if isinstance(field, PlainText)]
    return are_urgent(str(form[name].value() or "")[:READ] for name in boxes)
