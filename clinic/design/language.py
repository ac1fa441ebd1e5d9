"""The language of a page: its address alone says it.

Holds the middleware that stands in for Django's, which would also look at cookies and at what the
browser prefers, and would tell every cache so. The staff area is written once, in English; what is
read out to a caller keeps the language of its own words.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from clinic.design import paths


class LanguageOfPath:
    """Speaks the language of the first path segment, and English to colleagues."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The address is found in its own language, whatever is spoken behind it.
        of_path = translation.get_language_from_path(request.path_info)
        translation.activate(of_path or settings.LANGUAGE_CODE)
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        return response

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """English to colleagues."""
        if paths.is_staff(request.path_info):
            translation.activate(settings.LANGUAGE_CODE)
