"""The pages for when something went wrong, each with a number to call; and the centre's colors.

Holds the handlers that Django calls. Refuses the database: every one of them must be shown while
it is away, so the centre's numbers come from a row or from the file, whichever answers.
"""

from __future__ import annotations

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_safe

from clinic.design import colours as shades
from clinic.design import paths
from clinic.design.kept import kept_fields
from clinic.design.shell import without_database
from clinic.doors import public

DATABASE_AWAY = (OperationalError, InterfaceError)
# Seconds after which a browser or a monitor may ask again.
RETRY_AFTER = "30"
YEAR = 365 * 24 * 60 * 60


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be read; its text is never repeated."""
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the page exists and is not for this account."""
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: with the ways on from here."""
    return render(request, "404.html", status=404)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 where the database went away outside a view, such as while a session is saved."""
    if isinstance(sys.exc_info()[1], DATABASE_AWAY):
        return unavailable(request)
    without_database(request)
    return render(request, "500.html", status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: with everything that was typed, ready to be sent to the same address again."""
    without_database(request)
    response = render(request, "503.html", _to_send_again(request), status=503)
    response["Retry-After"] = RETRY_AFTER
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old; public forms go again with a fresh one."""
    return render(request, "403_csrf.html", _to_send_again(request), status=403)


def _to_send_again(request: HttpRequest) -> dict[str, Any]:
    return {
        "kept": kept_fields(request),
        "send_to": request.get_full_path(),
        "was_post": request.method == "POST",
        "is_staff_page": paths.is_staff(request.path),
    }


@require_safe
@public
def colours(request: HttpRequest, main: str, accent: str) -> HttpResponse:
    """The style sheet of two colors: all of it follows from its address, so it never changes."""
    pair = f"#{main}", f"#{accent}"
    if not shades.are_readable(*pair):
        raise Http404
    response = HttpResponse(shades.style(*pair), content_type="text/css")
    patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response
