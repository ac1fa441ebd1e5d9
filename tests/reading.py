"""What a page says to eyes and ears, each piece with the language it is marked with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import polib
from django.test import Client

from clinic.translations.compiling import catalogs

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
SILENT = {"script", "style", "template"}
SAID = ("alt", "aria-label", "placeholder", "title", "aria-roledescription")
"""Attributes that are read out."""
ENGLISH = re.compile(
    r"\b(the|you|your|yours|and|with|for|we|our|is|are|was|please|call|of|to|from|this|that|these"
    r"|not|have|has|if|it|its|by|at|will|would|what|when|who|how|why|which|here|there|because"
    r"|may|can|cannot|them|they|she|her|his|their|go|on this|day|days|enter|choose|page)\b",
    re.IGNORECASE,
)
"""Words without which there is hardly an English sentence, and that Spanish does not have."""
SPANISH = re.compile(
    r"\b(el|la|los|las|una|para|por|con|usted|que|cuando|desde|hasta|del|al|más|está|llame|su|sus)\b",
    re.IGNORECASE,
)

CATALOG = polib.pofile(str(catalogs()[0]))
KNOWN = frozenset(
    one.msgid for one in CATALOG if one.msgstr and one.msgstr != one.msgid and len(one.msgid) > 3
)
"""English sentences that have Spanish words."""


@dataclass(frozen=True)
class Piece:
    """A run of text, or an attribute that is read out."""

    text: str
    language: str


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [("", "")]
        self.pieces = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        language = given.get("lang") or self.open[-1][1]
        said = [given.get(name) for name in SAID]
        if tag == "input" and given.get("type") in {"submit", "button"}:
            said.append(given.get("value"))
        if tag == "meta" and given.get("name") == "description":
            said.append(given.get("content"))
        self.pieces += [Piece(one, language) for one in said if one]
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag):
        while tag not in VOID and len(self.open) > 1 and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tag, language = self.open[-1]
        if tag not in SILENT and data.strip():
            self.pieces.append(Piece(" ".join(data.split()), language))


def pieces(html):
    """Every piece of a page, in its order."""
    reader = _Reader()
    reader.feed(html)
    return reader.pieces


def unmarked(html):
    """English that a Spanish voice would read."""
    return [
        one.text
        for one in pieces(html)
        if one.language == "es" and (ENGLISH.search(one.text) or one.text in KNOWN)
    ]


def mismarked(html):
    """Spanish that an English voice would read."""
    return [one.text for one in pieces(html) if one.language == "en" and SPANISH.search(one.text)]


class Reading(Client):
    """A browser at /es/ that remembers the faults of each page it was shown."""

    def __init__(self, **options):
        super().__init__(**options)
        self.seen, self.faults = [], []

    def request(self, **asked):
        response = super().request(**asked)
        if response["Content-Type"].startswith("text/html"):
            self.read(asked["PATH_INFO"], response.content.decode())
        return response

    def read(self, place, html):
        self.seen.append(place)
        self.faults += [(place, "not marked", one) for one in unmarked(html)]
        self.faults += [(place, "marked English", one) for one in mismarked(html)]


def assert_spanish(*readers):
    """Nothing that any of them was shown mixes the languages."""
    faults = {f"{kind}: {text} ({place})" for one in readers for place, kind, text in one.faults}
    assert not faults, "\n".join(sorted(faults))
