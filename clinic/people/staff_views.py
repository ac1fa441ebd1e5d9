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

from clinic.doors import Door, Opens, declare
from clinic.people.desk import notices_for, rows_for
from clinic.people.models import User
from clinic.people.resuming import sign_in_first
from clinic.people.roles import CALLERS

PAGE_SIZE: Final = 100
View = Callable[..., HttpResponse]


def colleague(request: HttpRequest) -> User:
    """The signed-in colleague; only behind `staff_page`."""
    return cast("User", request.user)


def staff_page(*roles: str) -> Callable[[View], View]:
    """Only for signed-in colleagues with one of these roles; others get 403, or the sign-in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            if roles and not colleague(request).has_role(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return declare(guarded, Door(Opens.COLLEAGUES, frozenset(roles)))

    return decorate


def staff_render(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A staff page with its navigation."""
    me = colleague(request)
    around = {"desk_rows": rows_for(me), "may_find": me.has_role(*CALLERS)}
    return render(request, template, {**context, **around}, status=status)


def shown_page(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """One page of a list, as its address asks; each row is in one page, whatever its order."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


@require_http_methods(["GET", "HEAD"])
@staff_page()
def index(request: HttpRequest) -> HttpResponse:
    """What waits for me."""
    notices = notices_for(colleague(request), at=timezone.now())
    return staff_render(request, "staff/index.html", {"notices": notices})
