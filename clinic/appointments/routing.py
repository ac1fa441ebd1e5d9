"""Who gets an appointment request: the scheduler with the most room.

Reads rows and hands them to the pure chooser (`clinic.people.choosing`); weighs nothing itself.
"""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime

from django.db.models import Q

from clinic.appointments.codes import WORKFLOW
from clinic.appointments.models import AppointmentRequest
from clinic.people import roles
from clinic.people.candidates import Tier, candidates
from clinic.people.choosing import Candidate, Choice, choose
from clinic.people.models import User
from clinic.people.models.staff import UserQuerySet


class Router:
    """Chooses a scheduler for one request after the other, all at one instant.

    One who is away only if nobody is here. `without` is who gives it away.
    """

    def __init__(self, *, at: datetime, without: uuid.UUID | None = None) -> None:
        schedulers = User.objects.with_role(roles.SCHEDULER).filter(~Q(pk=without))
        self._given: Counter[uuid.UUID] = Counter()
        self._tiers = (
            Tier("present", schedulers.present(at=at), _candidates),
            Tier("away", schedulers, _candidates),
        )

    def choose(self, request: AppointmentRequest) -> Choice | None:
        """The scheduler and why; None when there is no scheduler at all."""
        asked = (tier.asked for tier in self._tiers)
        return choose(asked, language=request.person.language, given=self._given)


def takers(at: datetime) -> UserQuerySet:
    """Whoever is here and may look after requests."""
    return User.objects.with_role(roles.SCHEDULER).present(at=at)


def _candidates(users: UserQuerySet) -> list[Candidate]:
    is_open = Q(appointment_requests__status__in=list(WORKFLOW.open))
    return candidates(users, rows="appointment_requests", is_open=is_open)
