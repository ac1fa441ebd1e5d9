"""Dates and hours in sentences: in the language of the words around them, and in its order.

Django brings the names of days in every language. Until a language has words of ours, a date in it
would stand foreign in an English sentence. Refuses any shape of a date that is not listed here for
translation to have an order of its own.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ORDERS: Final[dict[str, StrOrPromise]] = {
    "l, F j, P": pgettext_lazy("the order of a date", "l, F j, P"),
    "l, F j": pgettext_lazy("the order of a date", "l, F j"),
    "D, M j, P": pgettext_lazy("the order of a date", "D, M j, P"),
    "F j, Y": pgettext_lazy("the order of a date", "F j, Y"),
}
"""Tuesday, November 24, 10 a.m. is martes 24 de noviembre, 10 a.m."""


def words_language() -> str:
    """The language in which this page speaks: its own once somebody has translated the words.

    The catalog says so itself: whoever translates it translates this code, too.
    """
    return translation.pgettext("the code of the language of these words", "en")


def ordered(shape: str) -> str:
    """A shape as the active language orders it; one that is not listed stays as it is."""
    return str(ORDERS.get(shape, shape))


def said(value: dt.date, shape: str) -> str:
    """A date or an instant (in the zone it is given) as it stands in a sentence."""
    with translation.override(words_language()):
        return date_format(value, ordered(shape))
