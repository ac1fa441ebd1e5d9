"""The inputs that Django does not have: a date in boxes, choices with a hint each.

Holds how a field reads its boxes back, wrong input included. Refuses to hold what is valid, and
the HTML: that is the template pack's.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

PART_LABELS: Final[dict[str, StrOrPromise]] = {
    "month": _("Month"),
    "day": _("Day"),
    "year": _("Year"),
}


class DateBoxes(forms.MultiWidget):
    """One text box for each part of a date; what was typed comes back as it was typed.

    `birth` adds the browser's own tokens for a date of birth.
    """

    def __init__(self, parts: tuple[str, ...], *, birth: bool = False) -> None:
        self.parts = parts
        super().__init__(widgets={part: _date_box(part, birth=birth) for part in parts})

    def decompress(self, value: Any) -> list[str]:
        """The parts of a stored date as text, in the order of the boxes."""
        if isinstance(value, datetime.date):
            return [str(getattr(value, part)) for part in self.parts]
        return [""] * len(self.parts)

    def id_for_label(self, id_: str, index: str = "") -> str:
        """The box named by `index`, or the first one."""
        return f"{id_}_{index or self.parts[0]}"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Django's context with an id by name and a visible label for each box."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        base = context["widget"]["attrs"].get("id", "")
        for part, box in zip(self.parts, context["widget"]["subwidgets"], strict=True):
            box["attrs"]["id"] = self.id_for_label(base, part)
            box["label"] = PART_LABELS[part]
        return context


def _date_box(part: str, *, birth: bool) -> forms.TextInput:
    # Not type="number": it drops what it cannot read, changes on scroll and hides the mistake.
    attrs = {"inputmode": "numeric", "class": f"box-{part}"}
    if birth:
        attrs["autocomplete"] = f"bday-{part}"
    return forms.TextInput(attrs=attrs)


class _HintedOptions(forms.widgets.ChoiceWidget):
    """Options that carry a line under their label, by code; `inline` puts them side by side."""

    def __init__(
        self, *args: Any, hints: Mapping[str, StrOrPromise] | None = None, inline: bool = False
    ) -> None:
        super().__init__(*args)
        self.hints = dict(hints or {})
        self.inline = inline

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Django's option with its hint, empty where it has none, tied to its input."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        hint = self.hints.get(str(value), "")
        if hint and "id" in option["attrs"]:
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_hint"
        return option | {"hint": hint}


class Radios(_HintedOptions, forms.RadioSelect):
    """Radio buttons."""


class Checkboxes(_HintedOptions, forms.CheckboxSelectMultiple):
    """Stacked checkboxes."""
