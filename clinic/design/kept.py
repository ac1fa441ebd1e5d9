"""What a person typed, carried through a page that could not take it.

Holds which posted fields may be handed back as hidden inputs. Refuses passwords, staff pages to
whoever is not signed in (they hold other people's data), and posts that another site began: handing
those back with a fresh token would let that site speak in her name.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError

from clinic.design import paths


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Name and value of each posted field in order, without the token; else an empty list."""
    if request.method != "POST" or not _may_go_again(request):
        return []
    return posted_fields(request)


def posted_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """The same, whoever asks; nothing from a form with a password or one that cannot be read."""
    try:
        posted = request.POST
    except (SuspiciousOperation, BadRequest, UnreadablePostError):
        return []
    if any("password" in name for name in posted):
        return []
    return [
        (name, str(value))
        for name in posted
        if name != "csrfmiddlewaretoken"
        for value in posted.getlist(name)
    ]


def _may_go_again(request: HttpRequest) -> bool:
    if not paths.is_staff(request.path):
        return _began_here(request)
    # Her token is an old one when she has signed in again in another tab. Here a browser that does
    # not say where a form came from is not believed.
    user = getattr(request, "user", None)
    is_hers = user is not None and user.is_authenticated and not paths.is_admin(request.path)
    return is_hers and bool(_source(request)) and _began_here(request)


def _source(request: HttpRequest) -> str | None:
    return request.headers.get("Origin") or request.headers.get("Referer")


def _began_here(request: HttpRequest) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    source = _source(request)
    return source is None or urlsplit(source).netloc == request.get_host()
