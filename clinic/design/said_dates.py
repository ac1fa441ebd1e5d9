"""Dates and hours in sentences: in the language of the words around them.

Django brings the names of days in every language; our own words come later. Until a language has
its words, a date in it would stand foreign in an English sentence.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils import translation
from django.utils.formats import date_format

SOURCE: Final = "en"


def words_language() -> str:
    """The language in which this page speaks: its own once somebody has translated the words.

    The catalog says so itself: whoever translates it translates this code, too.
    """
    return translation.pgettext("the code of the language of these words", SOURCE)


def said(value: dt.date, shape: str) -> str:
    """A date or an instant (in the zone it is given) as it stands in a sentence."""
    with translation.override(words_language()):
        return date_format(value, shape)
