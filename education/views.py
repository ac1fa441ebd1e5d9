"""The pages anyone may read: home and one page.

Holds fetching and responding. Refuses cookies, forms and personal data: what is answered here is
the same for every reader, so that any cache may keep it.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from clinic.doors import public
from clinic.signing.kinds import SOURCE_LANGUAGE
from clinic.signing.live import next_change
from education import caching, reading
from education.codes import PageKind
from education.models import Page


@require_safe
@public
def home(request: HttpRequest) -> HttpResponse:
    """What this place is, its two doors, what there is to read, and whom to call."""
    at = timezone.now()
    language = get_language() or SOURCE_LANGUAGE
    shown = reading.entries(language=language, at=at)
    context = {
        "pages": [one for one in shown if one.kind != PageKind.POLICY],
        "policies": [one for one in shown if one.kind == PageKind.POLICY],
    }
    return caching.public(
        request,
        parts=[one.sha256 for one in shown],
        at=at,
        render=lambda: render(request, "education/home.html", context),
    )


@require_safe
@public
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page in its live signed words, or the notice that it is being reviewed."""
    at = timezone.now()
    row = get_object_or_404(Page, slug=slug)
    language = get_language() or SOURCE_LANGUAGE
    version = reading.version_to_show(row, language=language, at=at)
    if version is None:
        return _reviewing(request, row)
    return caching.public(
        request,
        parts=[version.sha256],
        at=at,
        ends_at=next_change(version, at=at),
        render=lambda: _show(request, reading.open_version(version, at=at)),
    )


def _show(request: HttpRequest, text: reading.Reading) -> HttpResponse:
    context = {"text": text, "content_language": text.language}
    return render(request, "education/page.html", context)


def _reviewing(request: HttpRequest, row: Page) -> HttpResponse:
    """The fall-back of a page: a notice with a number to call, kept by nobody's cache."""
    if not reading.was_public(row):
        raise Http404
    response = render(request, "education/reviewing.html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
