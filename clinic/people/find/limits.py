"""How much one colleague may look for: enough for a day on the phone, too little to walk the rows.

Counts in the database and writes down once who was stopped. Refuses to hold what she looked for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from clinic.audit.recording import Actor, record
from clinic.people.models import User
from clinic.people.throttle import allow, forgive

SEARCHES: Final = 60
WINDOW: Final = timedelta(minutes=15)
ANSWERS: Final = 20
"""Answers with a part of the directory: she is told where people are that she may not see."""
ANSWER_WINDOW: Final = timedelta(hours=1)
_SEARCH: Final = "find"
_ANSWER: Final = "find.directory"


class TooManySearches(Exception):
    """She has looked for too many people in a short time."""


class TooManyAnswers(TooManySearches):
    """The directory has told her enough for an hour; her own she still finds."""


def count_search(user: User, *, at: datetime) -> None:
    """Count one search; raises `TooManySearches`."""
    if not allow(_SEARCH, str(user.pk), limit=SEARCHES, window=WINDOW, at=at):
        _stopped(_SEARCH, user, window=WINDOW, at=at)
        raise TooManySearches(_SEARCH)


def count_answer(user: User, *, at: datetime) -> None:
    """Count one look into the directory before it answers; raises `TooManyAnswers`.

    Before: past the limit, a refusal only where there is somebody would be an answer.
    """
    if not allow(_ANSWER, str(user.pk), limit=ANSWERS, window=ANSWER_WINDOW, at=at):
        _stopped(_ANSWER, user, window=ANSWER_WINDOW, at=at)
        raise TooManyAnswers(_ANSWER)


def forgive_answer(user: User) -> None:
    """It named nobody: that look did not count."""
    forgive(_ANSWER, str(user.pk))


def _stopped(bucket: str, user: User, *, window: timedelta, at: datetime) -> None:
    with transaction.atomic():
        # Once for each window: whoever goes on must not fill the trail.
        if allow(f"{bucket}.stopped", str(user.pk), limit=1, window=window, at=at):
            record("search_stopped", about=user, by=Actor.staff(user), at=at, limit=bucket)
