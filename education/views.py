"""The pages anyone may read: home and one page.

Holds fetching and responding. Refuses cookies, forms and personal data: what is answered here is
the same for every reader, so that any cache may keep it.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from clinic.design.shared_pages import Shared, shared
from clinic.doors import public
from clinic.signing.kinds import SOURCE_LANGUAGE
from education import reading
from education.models import Page


@require_safe
@public
@shared
def home(request: HttpRequest) -> Shared:
    """What this place is, its two doors, what there is to read, and whom to call."""
    shelf = reading.shelf(get_language() or SOURCE_LANGUAGE, at=timezone.now())
    context = {"pages": shelf.articles, "policies": shelf.policies}
    return Shared(render(request, "education/home.html", context), shelf.changes_at)


@require_safe
@public
@shared
def page(request: HttpRequest, slug: str) -> HttpResponse | Shared:
    """One page in its live signed words, or the notice that it is being reviewed."""
    language, at = get_language() or SOURCE_LANGUAGE, timezone.now()
    found = reading.open_page(slug, language=language, at=at)
    if found is None:
        raise Http404
    if found.text is None:
        return _reviewing(request, found.row)
    context = {
        "text": found.text,
        "content_language": found.text.language,
        "policies": found.policies,
    }
    return Shared(render(request, "education/page.html", context), found.changes_at)


def _reviewing(request: HttpRequest, row: Page) -> HttpResponse:
    """The fall-back of a page: a notice with a number to call, kept by nobody's cache."""
    if not reading.was_public(row):
        raise Http404
    response = render(request, "education/reviewing.html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
