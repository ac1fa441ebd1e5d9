"""Dates typed in boxes: month, day and year in the order of the United States.

Holds how a date is read and the words that say what is wrong with one. Refuses to hold which dates
make sense (a birth in the future, an age): the form that asks knows.
"""

from __future__ import annotations

import calendar
import datetime
import unicodedata
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clinic.design.widgets import PART_LABELS, DateBoxes

RANGE_ERRORS: Final[dict[str, StrOrPromise]] = {
    "month": _("Enter the month as a number from 1 to 12."),
    "day": _("Enter the day as a number from 1 to 31."),
    "year": _("Enter the year with 4 digits, like 1968."),
}
RANGES: Final = {"month": range(1, 13), "day": range(1, 32), "year": range(1000, 10000)}


class ThreeBoxDate(forms.Field):
    """A whole date; cleans to `datetime.date`, or None where it is optional and empty.

    An error's code is the part it is about (`month`, `day`, `year`), so that the error summary can
    lead to that box. `birth=True` lets the browser offer the person's own date of birth.
    """

    parts: tuple[str, ...] = ("month", "day", "year")

    def __init__(self, *, birth: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateBoxes(self.parts, birth=birth))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        """Read the boxes; raises ValidationError that names the part and what was typed."""
        if value is None or isinstance(value, datetime.date):
            return value
        typed = {part: (text or "").strip() for part, text in zip(self.parts, value, strict=True)}
        if not any(typed.values()):
            return None
        _refuse_missing(typed)
        numbers = {part: _number(part, text) for part, text in typed.items()}
        return _real_date(numbers["year"], numbers["month"], numbers.get("day", 1))


class MonthYear(ThreeBoxDate):
    """A month of a year; cleans to the first day of that month."""

    parts = ("month", "year")


def _refuse_missing(typed: dict[str, str]) -> None:
    missing = [part for part, text in typed.items() if not text]
    if missing:
        named = get_text_list([str(PART_LABELS[part]).lower() for part in missing], gettext("and"))
        message = gettext("The date still needs: %(parts)s.") % {"parts": named}
        raise ValidationError(message, code=missing[0])


def _number(part: str, text: str) -> int:
    if part == "month" and (month := _month_named(text)):
        return month
    # The length is checked first: int() of a pasted book takes seconds.
    number = int(text) if len(text) <= 4 and text.isdecimal() else 0
    if number not in RANGES[part]:
        raise ValidationError(RANGE_ERRORS[part], code=part)
    return number


def _month_named(text: str) -> int | None:
    """`March`, `mar.` and, on a Spanish page, `marzo`: people type the word in the box too."""
    word = unicodedata.normalize("NFKC", text).casefold().rstrip(".")
    if len(word) < 3 or not word.isalpha():
        return None
    names = [(month, str(name)) for month, name in MONTHS.items()]
    names += list(enumerate(calendar.month_name))[1:]
    found = {month for month, name in names if name.casefold().startswith(word)}
    return found.pop() if len(found) == 1 else None


def _real_date(year: int, month: int, day: int) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        named = {"month": MONTHS[month], "day": day, "year": year}
        message = _("%(month)s %(day)s, %(year)s is not a real date. Check the month and the day.")
        raise ValidationError(message, code="day", params=named) from None
