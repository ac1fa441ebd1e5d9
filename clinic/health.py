"""A word for machines: does this process serve, does it reach the database, is the queue alive?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import DatabaseError, Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.doors import public
from clinic.outbox.watch import keys, state


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """200 `ok`, or 503 when the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database away", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@require_http_methods(["GET", "HEAD"])
@public
def queue(request: HttpRequest) -> HttpResponse:
    """What is wrong with the queue, and who is alive: 200, or 503 with the `reasons`."""
    try:
        found = _signs(state.look(at=timezone.now()))
    except Error:
        found = {"reasons": ["database"]}
    return JsonResponse(found, status=503 if found["reasons"] else 200)


def _signs(found: state.QueueState) -> dict[str, Any]:
    # No count, no kind and no age of a single thing: a stranger who asks for somebody's link would
    # see by it whether we know her. Colleagues read those on the queue page.
    return {
        "reasons": [*found.troubles, *([] if keys.are_at_hand() else [keys.REASON])],
        "pulse_ages_seconds": {pulse: _seconds(age) for pulse, age in found.ages.items()},
        "has_broker": found.has_broker,
    }


def _seconds(age: timedelta | None) -> float | None:
    return None if age is None else round(age.total_seconds(), 1)
