"""Reading colleagues with their load, for the pure chooser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q

from clinic.people.choosing import Candidate
from clinic.people.models.staff import UserQuerySet


@dataclass
class Tier:
    """Colleagues who are asked before those of the next tier; read once, when their turn comes."""

    code: str
    users: UserQuerySet
    read: Callable[[UserQuerySet], list[Candidate]]

    @cached_property
    def asked(self) -> tuple[str, list[Candidate]]:
        """As the chooser takes it."""
        return self.code, self.read(self.users)


def candidates(users: UserQuerySet, *, rows: str, is_open: Q) -> list[Candidate]:
    """Each colleague as a candidate; `rows` names what is given to her, `is_open` what counts.

    Whoever cannot sign in yet is none: what she was given would be in nobody's hands.
    """
    # Grouped by what is read, in no order: the chooser has its own.
    each = users.able_to_sign_in().order_by().values_list("pk", "languages", "capacity")
    found = each.annotate(open_count=Count(rows, filter=is_open))
    return [
        Candidate(user_id, frozenset(languages), open_count, capacity)
        for user_id, languages, capacity, open_count in found
    ]
