"""The centre's two colors: what can be read on every ground, and their shades by day and by night.

Holds contrast as WCAG 2 defines it and the style sheet made from two colors. Refuses a color that
somebody could not read; the grounds are those of `styles/tokens.css`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from clinic.design.stylesheet import FOLDER

LEAST_OF_TEXT: Final = 7.0
"""Contrast of links and of words on filled areas: WCAG 2.2 AAA."""
LEAST_OF_ACCENT: Final = 4.5
NIGHT: Final = "prefers-color-scheme: dark"
WHITE: Final = "#ffffff"
GROUNDS: Final = ("paper", "sheet", "tint", "warm")
DIGITS: Final = re.compile(r"#[0-9a-f]{6}")

_TOKEN: Final = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")
_STEP: Final = 0.02


@cache
def tokens(*, night: bool) -> dict[str, str]:
    """The colors of one scheme by the names of their tokens; at night those of the day beneath."""
    day, dark = (FOLDER / "tokens.css").read_text(encoding="utf-8").split(NIGHT, maxsplit=1)
    return dict(_TOKEN.findall(day)) | (dict(_TOKEN.findall(dark)) if night else {})


def _parts(colour: str) -> tuple[int, int, int]:
    digits = colour[1:] if len(colour) == len(WHITE) else "".join(one * 2 for one in colour[1:])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _luminance(colour: str) -> float:
    parts = (one / 255 for one in _parts(colour))
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colors, from 1 to 21: WCAG 2.2, "contrast ratio"."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def least_contrast(colour: str, grounds: Iterable[str]) -> float:
    """The contrast where it is poorest."""
    return min(contrast(colour, ground) for ground in grounds)


def mix(one: str, other: str, share: float) -> str:
    """`one` with a `share` of `other` in it, from 0 to 1."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def is_readable(colour: str, *, least: float) -> bool:
    """Whether words in it stand out from the paper and its sheets, and white words on it."""
    day = tokens(night=False)
    return least_contrast(colour, (day["paper"], day["sheet"], WHITE)) >= least


def for_night(colour: str, *, least: float) -> str:
    """The color made lighter until it can be read on every dark ground."""
    grounds = [tokens(night=True)[name] for name in GROUNDS]
    share, lighter = 0.0, colour
    while least_contrast(lighter, grounds) < least:
        share += _STEP
        lighter = mix(colour, WHITE, share)
    return lighter


def _by_day(main: str, accent: str) -> dict[str, str]:
    return {
        "primary": main,
        "primary-deep": mix(main, "#000000", 0.25),
        "primary-tint": mix(main, WHITE, 0.9),
        "strong": main,
        "accent": accent,
    }


def _by_night(main: str, accent: str) -> dict[str, str]:
    lighter, paper = for_night(main, least=LEAST_OF_TEXT), tokens(night=True)["paper"]
    return {
        "primary": lighter,
        "primary-deep": mix(lighter, WHITE, 0.4),
        "primary-tint": mix(lighter, paper, 0.85),
        "on-primary": mix(main, "#000000", 0.7),
        "accent": for_night(accent, least=LEAST_OF_ACCENT),
    }


def _rule(values: dict[str, str]) -> str:
    return ":root{" + "".join(f"--{name}:{value};" for name, value in values.items()) + "}"


def style(main: str, accent: str) -> str:
    """The tokens that two colors change, as a style sheet for both schemes."""
    night = f"@media ({NIGHT}){{{_rule(_by_night(main, accent))}}}"
    return f"@layer tokens{{{_rule(_by_day(main, accent))}{night}}}"


@cache
def are_readable(main: str, accent: str) -> bool:
    """Whether a page may be shown in these two colors."""
    return is_readable(main, least=LEAST_OF_TEXT) and is_readable(accent, least=LEAST_OF_ACCENT)
