"""What a colleague has in hand, and giving all of it to others, whatever kind of request it is.

Each kind of request gives away its own rows (`RequestKind.hand_over`). Refuses to know any.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic.audit.recording import Actor, record
from clinic.outbox import calls, receipts
from clinic.outbox.ledger import Owed, owe_all
from clinic.outbox.models import CallTask
from clinic.people import requests
from clinic.people.colleagues import accounts
from clinic.people.models import User
from clinic.people.phone import begun
from clinic.people.requests import NobodyElse

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

GIVEN: Final = "people.given"


@dataclass(frozen=True, slots=True)
class Holding:
    """How many open rows of one kind are in a colleague's hands; nothing about anybody."""

    label: StrOrPromise
    count: int


def nudging(to: User, *, by: User, at: datetime) -> list[Owed]:
    """The nudge owed to who is given something; nothing to who took it herself."""
    return [] if to == by else [word_to(to, at=at)]


def word_to(user: User, *, at: datetime) -> Owed:
    """Word to a colleague that something waits in her list.

    One for all that is given at one instant: forty requests are not forty mails.
    """
    return Owed(GIVEN, user, key=at.isoformat())


def tell_given(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Tell a colleague that something waits in her list, if by now anything does."""
    user = User.objects.get(pk=about_id)
    if has_work(user):
        receipts.nudge(user, effect_id=effect_id, at=at)


def holdings(user: User) -> list[Holding]:
    """What a colleague has in hand, kind by kind, the calls she owes, and what she half typed."""
    found = [Holding(kind.label, kind.held(user)) for kind in requests.known()]
    owed = CallTask.rows.open().filter(assigned_to=user).count()
    typed = Holding(_("Begun and not sent"), begun.held(user))
    return [*found, Holding(_("Calls"), owed), typed]


def has_work(user: User) -> bool:
    """Whether anything is in her hands."""
    return any(one.count for one in holdings(user))


def takers(user: User, *, at: datetime) -> list[User]:
    """Colleagues who are here and could be given some of what she holds, by name."""
    kinds = [kind for kind in requests.known() if kind.held(user)]
    found = {one for kind in kinds for one in kind.takers(at)} - {user}
    found |= set(begun.takers(user, at=at))
    return sorted(found, key=lambda one: (one.full_name, one.pk))


def hand_over(user: User, *, to: User | None, by: User, at: datetime) -> int:
    """Give all she holds to `to`, where he may look after it, else to whom the router chooses.

    One transaction: after a crash everything is where it was. Returns how many rows were given;
    two colleagues at once give them once. Raises `NobodyElse` and `HasLeft`.
    """
    with transaction.atomic():
        accounts.keep_all()
        return give_away(user, to=to, by=by, at=at)


def give_away(user: User, *, to: User | None, by: User, at: datetime) -> int:
    """The same inside the caller's transaction, which holds every account."""
    if to is not None:
        accounts.keep(to.pk)
    given = sum(kind.hand_over(user, to, by, at) for kind in requests.known())
    given += sum(_pass_call_on(task, user, by=by, at=at) for task in _calls(user))
    given += _pass_begun_on(user, to=to, by=by, at=at)
    if given:
        codes = {"to": str(to.pk) if to else "router", "rows": given}
        record("hand_over_all", about=user, by=Actor.staff(by), at=at, **codes)
    return given


def _pass_begun_on(user: User, *, to: User | None, by: User, at: datetime) -> int:
    getting = begun.pass_on(user, to=to)
    for one in set(getting):
        owe_all(nudging(one, by=by, at=at), at=at)
    return len(getting)


def _calls(user: User) -> list[CallTask]:
    # Those about what she held went with it; these are about requests of others.
    return list(CallTask.rows.open().filter(assigned_to=user).order_by("pk"))


def _pass_call_on(task: CallTask, user: User, *, by: User, at: datetime) -> bool:
    kind = requests.find(task.about_kind)
    if kind is None:
        # Its wing is left out; whoever puts it back finds the call where it was.
        return False
    to = calls.who_calls(kind, task.about_id, without=user.pk)
    if to is None:
        raise NobodyElse("call")
    if not CallTask.rows.open().filter(pk=task.pk, assigned_to=user).update(assigned_to=to):
        return False
    codes = {"from": str(user.pk), "to": str(to.pk)}
    record("hand_over", about=task, by=Actor.staff(by), at=at, **codes)
    return True
