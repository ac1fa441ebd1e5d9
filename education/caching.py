"""Public pages that anyone's cache may keep for a minute, and that answer 304 when unchanged.

Holds the ETag and the headers. Refuses to store pages: a page is cheap to build, and a store of
our own could serve words whose approval has ended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language

from clinic.signing import epoch

MAX_AGE: Final = 60
"""Seconds a page may be kept unasked: a change of a fact is on every screen within a minute."""


@cache
def release() -> str:
    """A fingerprint of what a page is built with: templates, style names, switched-on wings.

    Without it a browser could keep a page of the last release, whose stylesheet is gone.
    """
    digest = hashlib.sha256(repr((settings.WINGS, settings.DEMO)).encode())
    folder = Path(settings.BASE_DIR) / "templates"
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    for path in [*sorted(folder.rglob("*.html")), *filter(Path.exists, [manifest])]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def etag(parts: Iterable[str], *, at: datetime) -> str:
    """The ETag of a page made of `parts` (hashes of versions, or a word for their absence).

    It holds the public epoch for every change somebody makes, and the clinic's day for facts that
    end by date, which nobody has to touch.
    """
    day = timezone.localdate(at).isoformat()
    words = (release(), str(epoch.current()), get_language() or "", day, *parts)
    return f'"{hashlib.sha256(" ".join(words).encode()).hexdigest()[:32]}"'


def public(
    request: HttpRequest,
    *,
    parts: Iterable[str],
    at: datetime,
    render: Callable[[], HttpResponse],
    ends_at: datetime | None = None,
) -> HttpResponse:
    """304 if the reader already has this page, else `render()`; both marked public.

    Past `ends_at`, the earliest instant at which anything shown ends, the ETag is another one.
    """
    tag = etag([*parts, ends_at.isoformat() if ends_at else ""], at=at)
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = render()
    response.headers["ETag"] = tag
    patch_cache_control(response, public=True, max_age=MAX_AGE)
    return response
