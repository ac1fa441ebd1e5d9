"""The colleagues' front page, the door in front of it, and the calls they owe."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from clinic.doors import Door, Opens, declare
from clinic.people.desk import notices_for, rows_for, waiting_for
from clinic.people.due_days import bars, days
from clinic.people.models import User
from clinic.people.resuming import sign_in_first
from clinic.people.roles import CALLERS

PAGE_SIZE: Final = 100
View = Callable[..., HttpResponse]


def colleague(request: HttpRequest) -> User:
    """The signed-in colleague; only behind `staff_page`."""
    return cast("User", request.user)


def wants_part(request: HttpRequest) -> bool:
    """Whether a script asks for the list alone, to put it into the page that is open."""
    asked: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # Set by its middleware.
    return bool(asked) and not asked.history_restore_request


def staff_page(*roles: str) -> Callable[[View], View]:
    """Only for signed-in colleagues with one of these roles; others get 403, or the sign-in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                # Else the sign-in would be looked for a list, and nothing would be shown.
                is_part = wants_part(request)
                return HttpResponseClientRefresh() if is_part else sign_in_first(request)
            if roles and not colleague(request).has_role(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return declare(guarded, Door(Opens.COLLEAGUES, frozenset(roles)))

    return decorate


def staff_render(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A staff page with its navigation, or without it for a script that asks for a part."""
    if wants_part(request):
        part = {**context, "frame": "staff_part.html"}
        return render(request, template, part, status=status)
    me = colleague(request)
    around = {
        "desk_rows": rows_for(me, path=request.path),
        "may_find": me.has_role(*CALLERS),
        "frame": "staff_base.html",
    }
    return render(request, template, {**context, **around}, status=status)


def shown_page(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """One page of a list, as its address asks; each row is in one page, whatever its order."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


@require_http_methods(["GET", "HEAD"])
@staff_page()
def index(request: HttpRequest) -> HttpResponse:
    """What waits for me, in numbers and as bars."""
    me, now = colleague(request), timezone.now()
    waiting = waiting_for(me, at=now)
    lines = days(waiting, at=now)
    context = {
        "notices": notices_for(me, at=now),
        "waiting": waiting,
        "days": lines,
        "plot": bars(lines),
        "now": now,
    }
    return staff_render(request, "staff/index.html", context)


@require_http_methods(["GET", "HEAD"])
@staff_page()
def keys(request: HttpRequest) -> HttpResponse:
    """The keys that staff pages answer to, and how to turn them off."""
    return staff_render(request, "staff/keys.html", {})
