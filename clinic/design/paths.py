"""Which part of the house an address belongs to, told from its path alone.

Error pages and headers need the answer where no view was ever found. Refuses to hold permissions:
a path says what a page is, never who may see it.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language_from_path


def without_language(path: str) -> str:
    """`/es/staff/` becomes `/staff/`; an address without a language stays as it is."""
    language = get_language_from_path(path)
    return path[len(language) + 1 :] if language else path


def is_admin(path: str) -> bool:
    """True for Django's own admin, whose pages need a wider content policy."""
    return without_language(path).startswith("/admin/")


def is_staff(path: str) -> bool:
    """True for every page behind a staff account, the admin among them."""
    return is_admin(path) or without_language(path).startswith("/staff/")


def home_in(language: str) -> str:
    """The front page in one language: `/` for the default language, else `/es/`."""
    return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"
