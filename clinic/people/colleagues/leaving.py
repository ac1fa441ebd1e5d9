"""The end of an account: nothing that she held is lost, and nobody is left without a lead.

What a colleague did stays hers; her account is made inactive and never deleted. Her roles and
duties end with it, because every one of them asks for an active account.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from clinic.audit.recording import Actor, record
from clinic.outbox.ledger import owe
from clinic.people import roles
from clinic.people.colleagues import accounts
from clinic.people.colleagues.hand_over import give_away
from clinic.people.colleagues.invitations import invitation
from clinic.people.models import User

NEEDED: Final = (roles.LEAD, roles.ADMINISTRATOR)
"""Roles without which the centre stands still: somebody must look after rows and accounts."""


class LastOne(Exception):
    """She is the last active colleague of a role that somebody must hold; the text is the role."""


def leave(user: User, *, to: User | None, by: User, at: datetime) -> int:
    """End an account and give away all she holds, or neither; returns how many rows were given.

    Ends her sessions and every link to choose a password. Safe to repeat. Raises `LastOne`,
    `NobodyElse` and `HasLeft` (of `to`).
    """
    with transaction.atomic():
        accounts.keep_all()
        refuse_last(user)
        rows = User.objects.get_queryset().filter(pk=user.pk, is_active=True)
        # No password: a session or a link of hers must not come back to life with the account.
        if not rows.update(is_active=False, password=make_password(None)):
            return 0
        given = give_away(user, to=to, by=by, at=at)
        record("leave", about=user, by=Actor.staff(by), at=at, rows=given)
    return given


def refuse_last(user: User, *, losing: frozenset[str] = frozenset(NEEDED)) -> None:
    """Raise `LastOne` if nobody else holds a needed role that she loses."""
    for role in NEEDED:
        holders = User.objects.with_role(role)
        mine = holders.filter(pk=user.pk).exists()
        if role in losing and mine and not holders.exclude(pk=user.pk).exists():
            raise LastOne(role)


def come_back(user: User, *, by: User, at: datetime) -> None:
    """Let somebody in again: the account opens, and she is invited to choose a password."""
    with transaction.atomic():
        if User.objects.get_queryset().filter(pk=user.pk, is_active=False).update(is_active=True):
            record("come_back", about=user, by=Actor.staff(by), at=at)
            owe(invitation(user, key=at.isoformat()), at=at)
