"""What a person typed, carried through a page that could not take it.

Holds which posted fields may be handed back as hidden inputs. Refuses staff pages (they hold other
people's data and passwords) and posts that another site began: handing those back with a fresh
token would let that site speak in her name.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError

from clinic.design import paths


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Name and value of each posted field in order, without the token; else an empty list."""
    if request.method != "POST" or paths.is_staff(request.path) or not _began_here(request):
        return []
    try:
        posted = request.POST
    except (SuspiciousOperation, BadRequest, UnreadablePostError):
        return []
    return [
        (name, str(value))
        for name in posted
        if name != "csrfmiddlewaretoken"
        for value in posted.getlist(name)
    ]


def _began_here(request: HttpRequest) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    source = request.headers.get("Origin") or request.headers.get("Referer")
    return source is None or urlsplit(source).netloc == request.get_host()
