"""The colleagues' front page, the door in front of it, and the calls they owe."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clinic.people.desk import rows_for
from clinic.people.models import User

PAGE_SIZE: Final = 100
View = Callable[..., HttpResponse]


def colleague(request: HttpRequest) -> User:
    """The signed-in colleague; only behind `staff_page`."""
    return cast("User", request.user)


def staff_page(*roles: str) -> Callable[[View], View]:
    """Only for signed-in colleagues with one of these roles; others get 403, or the sign-in."""

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if roles and not colleague(request).has_role(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def staff_render(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A staff page with its navigation."""
    rows = rows_for(colleague(request))
    return render(request, template, {**context, "desk_rows": rows}, status=status)


def shown_page(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """One page of a list, as its address asks; each row is in one page, whatever its order."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


@require_http_methods(["GET", "HEAD"])
@staff_page()
def index(request: HttpRequest) -> HttpResponse:
    """What waits for me."""
    return staff_render(request, "staff/index.html", {})
