"""Response headers for every page, and the page shown while the database is away.

Holds what is the same for all views. Refuses to read the database, the session or the person.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clinic.design import paths, views

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

# No nonces: they would make the reading pages impossible to cache. Nothing here is inline.
PUBLIC_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
# Lists of colleagues fetch their next state from here; a patient's page fetches nothing.
STAFF_POLICY: Final = f"{PUBLIC_POLICY}; connect-src 'self'"
# Django's admin brings its own scripts, styles and images, all from here and none inline.
ADMIN_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in ("browsing-topics", "camera", "geolocation", "microphone", "payment", "usb")
)


class ResponseHeaders:
    """Sets the content policy and its companions; a header that a view set is left alone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", _policy_for(request.path))
        response.setdefault("Permissions-Policy", PERMISSIONS)
        # A 304 speaks for the copy that a browser holds; "no-store" would throw that copy away.
        if response.status_code != 304:
            response.setdefault("Cache-Control", "no-store")
        if _stays_out_of_search(request, response):
            response.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response


def _policy_for(path: str) -> str:
    if paths.is_admin(path):
        return ADMIN_POLICY
    return STAFF_POLICY if paths.is_staff(path) else PUBLIC_POLICY


def _stays_out_of_search(request: HttpRequest, response: HttpResponse) -> bool:
    """Private pages, staff pages, errors, and the whole of a demo: its advice is invented."""
    is_private = bool(getattr(request, "private", False))
    is_error = response.status_code >= 400
    return is_private or is_error or bool(settings.DEMO) or paths.is_staff(request.path)


class DatabaseAway:
    """Turns a lost database into a page with a telephone number; nothing typed is lost."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """503 for a database that cannot be reached; any other error goes its own way."""
        if not isinstance(error, views.DATABASE_AWAY):
            return None
        # The driver's text may quote a statement with its values: the log gets the class only.
        logger.error("The database is away: %s", _cause(error))
        return views.unavailable(request)


def _cause(error: Exception) -> str:
    cause = error.__cause__ or error
    return f"{type(cause).__module__}.{type(cause).__name__}"
