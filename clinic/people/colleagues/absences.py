"""When colleagues are away: nothing new is given to them, and their calls stand in the team's list.

Days are days of the centre. Refuses to hand anything over: `hand_over` does, when somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from clinic.audit.recording import Actor, record
from clinic.people import roles
from clinic.people.colleagues import accounts
from clinic.people.models import Absence, User

FOR_OTHERS: Final = (roles.LEAD, roles.ADMINISTRATOR)
"""Who may say that a colleague is away, and give what she holds to others."""


class AlreadyAway(Exception):
    """The days overlap an absence that is there; `absence` is it."""

    def __init__(self, absence: Absence) -> None:
        super().__init__(f"absence {absence.pk}")
        self.absence = absence


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last day away, both included."""

    first: date
    last: date

    @property
    def starts_at(self) -> datetime:
        """Midnight at which the first day begins, in the centre's zone."""
        return _midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """Midnight with which the last day ends."""
        return _midnight(self.last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(settings.TIME_ZONE))


def add(user: User, days: Days, *, by: User, at: datetime) -> Absence:
    """Say that she is away; the same days again are the same absence.

    Raises `AlreadyAway` when other days overlap and `HasLeft` when her account has ended.
    """
    with transaction.atomic():
        # Two forms at once wait for each other here.
        accounts.keep(user.pk)
        there = user.absences.filter(starts_at__lt=days.ends_at, ends_at__gt=days.starts_at)
        for absence in there.order_by("starts_at", "pk"):
            if (absence.starts_at, absence.ends_at) != (days.starts_at, days.ends_at):
                raise AlreadyAway(absence)
            return absence
        made = user.absences.create(starts_at=days.starts_at, ends_at=days.ends_at)
        record("add_absence", about=user, by=Actor.staff(by), at=at, absence=made.pk)
    return made


def end(absence: Absence, *, by: User, at: datetime) -> None:
    """She is here again: an absence that has begun ends now, one to come is struck out.

    Ending what has ended changes nothing.
    """
    rows = Absence.objects.filter(pk=absence.pk, ends_at__gt=at)
    with transaction.atomic():
        ended = rows.filter(starts_at__lt=at).update(ends_at=at)
        if ended or rows.delete()[0]:
            codes = {"absence": absence.pk}
            record("end_absence", about=absence.user, by=Actor.staff(by), at=at, **codes)


def may_speak_for(user: User, *, reader: User) -> bool:
    """Whether the reader may say when `user` is away, and give away what she holds."""
    return user == reader or reader.has_role(*FOR_OTHERS)


def current(reader: User, *, at: datetime) -> QuerySet[Absence]:
    """Absences, begun or to come, that the reader may see: her own, or everybody's."""
    rows = Absence.objects.filter(ends_at__gt=at).select_related("user")
    mine = rows if reader.has_role(*FOR_OTHERS) else rows.filter(user=reader)
    return mine.order_by("starts_at", "user__full_name", "pk")
