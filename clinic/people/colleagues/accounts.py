"""Holding an account still while work is given to it: who has left is given nothing.

Holds the one lock between giving somebody work and her leaving. Refuses to decide who gets what.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from clinic.lifecycle import NotMoved
from clinic.people.models import User


class HasLeft(NotMoved):
    """The account has ended, so nothing can be given to it."""

    def __init__(self, user_id: uuid.UUID) -> None:
        super().__init__(f"The account {user_id} has ended.", last=None)


def keep(user_id: uuid.UUID) -> User:
    """The active account, locked until the transaction ends; raises `HasLeft`.

    Without the lock a colleague could leave between our look at her and our commit, and what she
    was given would be in nobody's hands. Take it before any request: `keep_all` does, too.
    """
    return keep_each([user_id])[user_id]


def keep_each(user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, User]:
    """The same for several accounts, in the one order of `keep_all`; raises `HasLeft`."""
    rows = User.objects.get_queryset().select_for_update(no_key=True)
    users = {user.pk: user for user in rows.filter(pk__in=user_ids, is_active=True).order_by("pk")}
    for user_id in user_ids:
        if user_id not in users:
            raise HasLeft(user_id)
    return users


def keep_all() -> None:
    """Lock every active account until the transaction ends, for a hand-over of many requests.

    In one order, and before any request: two hand-overs, or one and somebody who takes a request,
    wait for each other and never in a circle. SQLite has one writer anyway.
    """
    rows = User.objects.get_queryset().select_for_update(no_key=True)
    list(rows.filter(is_active=True).order_by("pk").values_list("pk"))
