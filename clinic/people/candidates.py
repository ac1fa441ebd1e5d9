"""Reading colleagues with their load, for the pure chooser."""

from __future__ import annotations

from django.db.models import Count, Q

from clinic.people.choosing import Candidate
from clinic.people.models.staff import UserQuerySet


def candidates(users: UserQuerySet, *, rows: str, is_open: Q) -> list[Candidate]:
    """Each colleague as a candidate; `rows` names what is given to her, `is_open` what counts."""
    counted = users.annotate(open_count=Count(rows, filter=is_open))
    found = counted.values_list("pk", "languages", "open_count", "capacity")
    return [
        Candidate(user_id, frozenset(languages), open_count, capacity)
        for user_id, languages, open_count, capacity in found
    ]
