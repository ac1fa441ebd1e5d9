"""Telephone numbers as people write them: one parser, one way to show them, one way to dial them.

Holds North American numbers and international ones with their `+`. Refuses to hold whose number it
is, and whether it rings: only a call can tell.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# "ext", "ext.", "extension", "x", "#", each followed by one to six digits at the very end.
_EXTENSION: Final = re.compile(r"[\s,;]*(?:extension|ext\.?|x|#)[\s.:]*(\d{1,6})$", re.IGNORECASE)
_PUNCTUATION: Final = re.compile(r"[\s().\-\u2010-\u2015/]")
# E.164 allows 15 digits; the shortest numbers in use abroad have 7 with the country code.
_INTERNATIONAL: Final = re.compile(r"\+[1-9]\d{6,14}")


class NotANumber(ValueError):
    """The text holds something else than a number, such as words."""


class IncompleteNumber(ValueError):
    """The text holds digits, but too few or too many to dial."""


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """`digits` in E.164 form (`+15550100199`) and an extension, empty where there is none."""

    digits: str
    extension: str = ""

    @property
    def display(self) -> str:
        """`(555) 010-0199 ext. 4` for North America, `+442079460958` for elsewhere."""
        shown = self.digits
        if self.digits.startswith("+1") and len(self.digits) == 12:
            shown = f"({self.digits[2:5]}) {self.digits[5:8]}-{self.digits[8:]}"
        return f"{shown} ext. {self.extension}" if self.extension else shown


def parse(text: str) -> PhoneNumber:
    """Read a number as typed, in any script's digits; raises NotANumber or IncompleteNumber."""
    # NFKC turns full-width digits and signs, which phones in some languages type, into plain ones.
    plain = _ascii_digits(unicodedata.normalize("NFKC", text)).strip()
    extension = _EXTENSION.search(plain)
    number = _PUNCTUATION.sub("", plain[: extension.start()] if extension else plain)
    if not re.fullmatch(r"\+?\d+", number):
        raise NotANumber
    return PhoneNumber(_international(number), extension[1] if extension else "")


def _international(number: str) -> str:
    if number.startswith("+"):
        digits = number
    elif len(number) == 11 and number.startswith("1"):
        digits = f"+{number}"
    else:
        digits = f"+1{number}"
    is_american = digits.startswith("+1")
    if (is_american and len(digits) != 12) or not _INTERNATIONAL.fullmatch(digits):
        raise IncompleteNumber
    return digits


def _ascii_digits(text: str) -> str:
    return "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text
    )
