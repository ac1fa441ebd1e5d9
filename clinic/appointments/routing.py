"""Who gets an appointment request: the scheduler with the most room.

Reads rows and hands them to the pure chooser (`clinic.people.choosing`); weighs nothing itself.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Q

from clinic.appointments.codes import WORKFLOW
from clinic.appointments.models import AppointmentRequest
from clinic.people import roles
from clinic.people.candidates import candidates
from clinic.people.choosing import Candidate, Choice, choose
from clinic.people.models import User
from clinic.people.models.staff import UserQuerySet


def route(
    request: AppointmentRequest, *, at: datetime, without: uuid.UUID | None = None
) -> Choice | None:
    """The scheduler for a request and why; one who is away only if nobody is here.

    `without` is who gives it away. None when there is no scheduler at all.
    """
    schedulers = User.objects.with_role(roles.SCHEDULER).filter(~Q(pk=without))
    tiers = (("present", schedulers.present(at=at)), ("away", schedulers))
    asked = ((tier, _candidates(users)) for tier, users in tiers)
    return choose(asked, language=request.person.language)


def takers(at: datetime) -> UserQuerySet:
    """Whoever is here and may look after requests."""
    return User.objects.with_role(roles.SCHEDULER).present(at=at)


def _candidates(users: UserQuerySet) -> list[Candidate]:
    is_open = Q(appointment_requests__status__in=list(WORKFLOW.open))
    return candidates(users, rows="appointment_requests", is_open=is_open)
