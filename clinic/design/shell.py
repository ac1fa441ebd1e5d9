"""What stands around every page: the centre, its numbers and the page's other languages.

Holds one lazy reading a request: a page that shows nothing of it asks nothing. Refuses to fail when
the database is away, since the pages that say so stand in the same shell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db import Error
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language

from clinic.design import last_known, paths
from clinic.places import centre as places
from clinic.places.models import Centre


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """This page in one language; `name` is the language's own name for itself."""

    code: str
    name: str
    url: str
    is_current: bool

    @property
    def plain_url(self) -> str:
        """The address without what was asked of the page: the one that others should keep."""
        return self.url.partition("?")[0]


class Shell:
    """The shell of one request, or of none (a text rendered outside a request)."""

    def __init__(self, path: str = "/", *, reads_database: bool = True) -> None:
        self.path = path
        self.reads_database = reads_database
        self._contacts: dict[str, Mapping[str, last_known.Contact]] = {}

    @cached_property
    def _read(self) -> tuple[Centre | last_known.KnownCentre, Mapping[str, last_known.Contact]]:
        if self.reads_database:
            try:
                return places.around()
            except (Error, places.NoCentre):
                pass
        known = last_known.read()
        return known, known.contacts

    @property
    def centre(self) -> Centre | last_known.KnownCentre:
        """The centre's row; where there is none, whatever was last known of it."""
        return self._read[0]

    @property
    def contacts(self) -> Mapping[str, last_known.Contact]:
        """Contact points by role, in the language of the words around them."""
        language = get_language() or settings.LANGUAGE_CODE
        if language not in self._contacts:
            self._contacts[language] = {
                role: last_known.in_language(one, language) for role, one in self._read[1].items()
            }
        return self._contacts[language]

    @cached_property
    def languages(self) -> list[LanguageLink]:
        """This page in each language, for the switch; the front page where it has no other."""
        current = get_language() or settings.LANGUAGE_CODE
        return [
            LanguageLink(code, str(name), self._in_language(code, current), code == current)
            for code, name in settings.LANGUAGES
        ]

    def _in_language(self, code: str, current: str) -> str:
        if code == current:
            return self.path
        translated = translate_url(self.path, code)
        return translated if translated != self.path else paths.home_in(code)


def shell_of(request: HttpRequest | None) -> Shell:
    """The one shell of a request; error pages ask `without_database` first."""
    if request is None:
        return Shell()
    shell = getattr(request, "house_shell", None)
    return shell if isinstance(shell, Shell) else _keep(request, reads_database=True)


def without_database(request: HttpRequest) -> None:
    """From here on this request's pages read the file only: each try would wait for seconds."""
    _keep(request, reads_database=False)


def _keep(request: HttpRequest, *, reads_database: bool) -> Shell:
    shell = Shell(request.get_full_path(), reads_database=reads_database)
    setattr(request, "house_shell", shell)  # noqa: B010 - HttpRequest declares no such attribute
    return shell
