"""The context processor that gives every template its shell.

Holds names for templates. Refuses to read anything itself: all of it is lazy, so a page that does
not show the centre costs no query and touches no cookie.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic.design import paths
from clinic.design.shell import shell_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """The centre, its numbers, the page's languages, and where the page stands."""
    around = shell_of(request)
    return {
        "centre": SimpleLazyObject(lambda: around.centre),
        "contacts": SimpleLazyObject(lambda: around.contacts),
        "languages": SimpleLazyObject(lambda: around.languages),
        "demo": settings.DEMO,
        "is_staff_page": paths.is_staff(request.path),
        "page_path": request.path,
        "site_url": settings.SITE_URL,
    }
