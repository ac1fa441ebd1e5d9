"""The stylesheet: text that can be read on every ground, small, and nothing from elsewhere."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

from clinic.design.stylesheet import FOLDER, PARTS, StylesheetFinder, joined


def colours(mode):
    text = joined()
    light, dark = re.split(r"prefers-color-scheme: dark", text, maxsplit=1)
    block = {"light": light, "dark": dark.split("@layer base")[0]}[mode]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


PAGE = ("paper", "sheet")
GROUNDS = (*PAGE, "tint", "warm", "primary-tint")
STATES = ("error", "success", "warning")
# Words and links on the page itself; on tints and in states; the edges of what is pressed or typed.
LEAST = {
    7: [(text, on) for text in ("text", "secondary", "primary") for on in PAGE]
    + [("text", on) for on in GROUNDS]
    + [("on-strong", "strong"), ("on-strong", "error-strong"), ("on-primary", "primary")],
    4.5: [
        (text, on) for text in ("secondary", "primary", "primary-deep", "error") for on in GROUNDS
    ]
    + [(text, f"{state}-tint") for state in STATES for text in (state, "text")]
    + [("success", on) for on in PAGE]
    + [("primary", f"{state}-tint") for state in STATES]
    + [("secondary", "success-tint"), ("secondary", "error-tint"), ("on-primary", "primary-deep")],
    3: [("input-line", on) for on in GROUNDS]
    + [("accent", on) for on in GROUNDS]
    + [("focus-ink", "focus")],
}


@pytest.mark.parametrize("least", LEAST)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_stands_out_from_its_ground(mode, least):
    ink = colours("light") | colours(mode)
    found = {pair: contrast(ink[pair[0]], ink[pair[1]]) for pair in LEAST[least]}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < least} == {}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_one_of_the_two_rings_of_focus_is_seen_on_every_ground(mode):
    ink = colours("light") | colours(mode)
    for ground in GROUNDS:
        assert max(contrast(ink[ring], ink[ground]) for ring in ("focus", "focus-ink")) >= 3


def test_every_token_is_declared_and_used():
    text = joined()
    declared = set(re.findall(r"(?<![\w-])(--[\w-]+):", text))
    assert declared == set(re.findall(r"var\((--[\w-]+)", text))


def test_each_part_is_short_and_all_of_them_are_joined():
    parts = {path.stem: path.read_text() for path in FOLDER.glob("*.css")}
    assert set(parts) == set(PARTS)
    assert {name for name, text in parts.items() if len(text.splitlines()) > 250} == set()


def test_the_joined_file_is_found_and_follows_its_parts(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    finder = StylesheetFinder()
    path = Path(finder.find("design/house.css"))
    assert path.read_text() == joined()
    path.write_text("of yesterday")
    [(name, storage)] = finder.list([])
    assert Path(storage.path(name)).read_text() == joined()
    assert finder.find("design/other.css") == []


def test_the_bar_around_a_page_has_the_color_of_its_header():
    head = Path(settings.BASE_DIR, "templates/design/head.html").read_text()
    said = re.findall(r'"theme-color" content="(#\w+)"', " ".join(head.split()))
    assert said == [colours("light")["sheet"], colours("dark")["sheet"]]


def test_the_stylesheet_is_small_and_asks_nobody():
    text = joined().encode()
    assert len(gzip.compress(text)) <= 14_000
    assert not re.search(rb"url\(|@import|https?:|animation|transition", text)


def test_templates_hold_no_inline_style_or_script():
    folder = Path(settings.BASE_DIR, "templates")
    wrong = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*json)|<style|\sstyle=|\son[a-z]+=|https?://")
    owned = [*folder.glob("*.html"), *folder.glob("design/*.html"), *folder.glob("house/**/*.html")]
    assert [page.name for page in owned if wrong.search(page.read_text())] == []
