"""Rows inside a form of Django's admin, for who hears the page instead of seeing its columns."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.forms import Form
from django.forms.models import BaseInlineFormSet

Child = TypeVar("Child", bound=Model)
Parent = TypeVar("Parent", bound=Model)


class NamedFormSet(BaseInlineFormSet[Any, Any, Any]):
    """Each box carries the name of its column, which the admin writes above the table only."""

    def add_fields(self, form: Form, index: int | None) -> None:
        """The fields of one row, its tick box to delete it among them."""
        super().add_fields(form, index)
        for field in form.fields.values():
            # The admin wraps a choice of rows in links to add and change one.
            widget: Any = getattr(field.widget, "widget", field.widget)
            if not widget.is_hidden and field.label:
                widget.attrs["aria-label"] = field.label


class NamedRows(admin.TabularInline[Child, Parent]):
    """A table of rows whose boxes have names, under a head without an empty cell."""

    formset = NamedFormSet
    template = "admin/edit_inline/named_rows.html"
    extra = 0
