"""The pages of the pattern book, for colleagues; in a demo for everybody.

Holds who may look and which page is shown. Refuses patient data: every example is invented.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.design.patterns import book, examples
from clinic.doors import Door, Opens, declare

View = TypeVar("View", bound=Callable[..., HttpResponse])


def book_page(view: View) -> View:
    """For signed-in colleagues; a demo shows it to everybody. Search engines stay out."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not (settings.DEMO or request.user.is_authenticated):
            return redirect_to_login(request.get_full_path())
        response = view(request, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return declare(guarded, Door(Opens.COLLEAGUES))  # type: ignore[return-value]


@require_safe
@book_page
def index(request: HttpRequest) -> HttpResponse:
    """Every pattern."""
    patterns = book.patterns().values()
    return render(request, "design/book/index.html", {"patterns": patterns})


@require_safe
@book_page
def one(request: HttpRequest, pattern: str) -> HttpResponse:
    """One pattern: its states, each with the tag that makes it."""
    return render(request, "design/book/pattern.html", {"pattern": _found(pattern)})


@require_safe
@book_page
def state(request: HttpRequest, pattern: str, state: str) -> HttpResponse:
    """One part in one state, alone; with `?frame=staff` as it looks on a staff page."""
    found = _found(pattern)
    if state not in found.states:
        raise Http404
    context = {"pattern": found, "state": found.states[state], **examples.of_everything()}
    frame = "staff" if request.GET.get("frame") == "staff" else "public"
    return render(request, f"design/book/state_{frame}.html", context)


def _found(pattern: str) -> book.Pattern:
    try:
        return book.patterns()[pattern]
    except KeyError:
        raise Http404 from None
