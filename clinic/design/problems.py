"""What is wrong in a posted form, as links that lead to the field.

Holds the error summary's rows. Refuses to hold the words: those are the fields' own.
"""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.widgets import ChoiceWidget, Select

from clinic.design.widgets import DateBoxes


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence and the id of the input it is about; an empty id: the form as a whole."""

    message: str
    anchor: str = ""


def problems(form: forms.BaseForm) -> list[Problem]:
    """All errors of a form, in the order of its fields, the form's own first."""
    errors = form.errors.as_data()
    whole = [Problem(str(message)) for message in form.non_field_errors()]
    by_field = [
        Problem(message, _anchor(form[name], error))
        for name in form.fields
        for error in errors.get(name, [])
        for message in error.messages
    ]
    return whole + by_field


def _anchor(field: BoundField, error: ValidationError) -> str:
    widget, code = field.field.widget, str(error.code or "")
    if isinstance(widget, DateBoxes):
        return widget.id_for_label(field.auto_id, code if code in widget.parts else "")
    if isinstance(widget, ChoiceWidget) and not isinstance(widget, Select):
        return f"{field.auto_id}_0"
    return field.auto_id
