"""Public pages, built once in each process and sent to everybody until they may say something else.

A page ends with the public epoch, at the instant its view names, at the clinic's midnight (facts
end by date) and after a minute, whichever comes first. It is kept as it goes out: its bytes, the
same compressed, and an ETag made of them, so that a reader's copy is confirmed as long as nothing
in it has changed. Refuses to share a page that depends on one visitor.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import wraps
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.gzip import re_accepts_gzip
from django.utils import timezone

from clinic.signing import epoch

LONGEST: Final = timedelta(minutes=1)
"""How long a cache may keep a page unasked: a change of a fact is on every screen by then."""
MOST: Final = 256
"""Pages kept by one process, some 10 MB; beyond them the one made first goes."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A view's answer that is the same for every reader until `ends_at`, if it has an end."""

    response: HttpResponse
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Page:
    """One page as it goes out, and when it may say something else."""

    body: bytes
    compressed: bytes
    headers: Mapping[str, str]
    digest: str
    ends_at: datetime
    made_at: datetime

    def is_fresh(self, at: datetime) -> bool:
        """Whether no instant has passed at which it may have changed by itself."""
        return self.made_at <= at < self.ends_at and at - self.made_at < LONGEST

    def answer(self, request: HttpRequest, *, at: datetime) -> HttpResponse:
        """All of it, or 304 to whoever has it; no cache may keep either past the end."""
        # Anywhere in the line: proxies write W/ before it or -gzip behind it.
        has_it = self.digest in request.META.get("HTTP_IF_NONE_MATCH", "")
        response = HttpResponseNotModified() if has_it else self._whole(request)
        seconds = min(LONGEST, self.ends_at - at).total_seconds()
        response.headers["Cache-Control"] = f"public, max-age={int(seconds)}"
        # Weak: compressed and plain, it is one page.
        response.headers["ETag"] = f'W/"{self.digest}"'
        response.headers["Vary"] = "Accept-Encoding"
        return response

    def _whole(self, request: HttpRequest) -> HttpResponse:
        if not re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return HttpResponse(self.body, headers=self.headers)
        response = HttpResponse(self.compressed, headers=self.headers)
        response.headers["Content-Encoding"] = "gzip"
        return response


_pages: Final = epoch.Kept["_Page"](most=MOST)
"""By path, which says the language too."""


def shared(
    view: Callable[..., HttpResponse | Shared],
) -> Callable[..., HttpResponse]:
    """Call the view only where its page is not kept; answers that are not `Shared` go through."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        mark, at = epoch.known(), timezone.now()
        kept = _pages.get(request.path, mark)
        if kept is not None and kept.is_fresh(at) and _is_plain(request):
            return kept.answer(request, at=at)
        found = view(request, *args, **kwargs)
        if isinstance(found, HttpResponse):
            return found
        if _is_personal(request, found.response):
            return found.response
        page = _page(found, at=at)
        if _is_plain(request) and not settings.DEBUG:
            _pages.put(request.path, mark, page)
        return page.answer(request, at=at)

    return answered


def _is_plain(request: HttpRequest) -> bool:
    """Whether it asks for a page by its address alone: what stands after "?" has no end."""
    return not request.META.get("QUERY_STRING")


def _is_personal(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether it was made for one visitor: her session, her token or a cookie went into it."""
    session = getattr(request, "session", None)
    used = session is not None and session.accessed
    return used or "CSRF_COOKIE_NEEDS_UPDATE" in request.META or bool(response.cookies)


def _page(found: Shared, *, at: datetime) -> _Page:
    body = found.response.content
    midnight = _next_midnight(at)
    return _Page(
        body=body,
        compressed=gzip.compress(body, mtime=0),
        headers=dict(found.response.headers),
        digest=hashlib.sha256(body).hexdigest()[:32],
        ends_at=min(found.ends_at or midnight, midnight),
        made_at=at,
    )


def _next_midnight(at: datetime) -> datetime:
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time.min))
