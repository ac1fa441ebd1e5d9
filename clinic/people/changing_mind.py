"""She no longer wants it: what that means for every kind of request, whoever writes it down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from clinic.audit.recording import Actor
from clinic.lifecycle import Conflict
from clinic.people import consents
from clinic.people.models.asking import PersonRequest
from clinic.people.references import end_links_about


def at_her_word(
    request: PersonRequest, cancel: Callable[[], None], *, by: Actor, at: datetime
) -> None:
    """End the request with `cancel`, all she agreed to and her links, in one. Safe to repeat."""
    while True:
        try:
            with transaction.atomic():
                if request.ended_at is None:
                    cancel()
                # Also when a colleague was first to end it: she no longer agrees to anything.
                consents.revoke_all(request.person, by=by, at=at)
                end_links_about(request, at=at)
        except Conflict:
            # A colleague moved it in between; her word counts all the same.
            request.refresh_from_db()
        else:
            return
