"""Codes of an appointment request, and the table of its allowed moves.

States are FHIR R4 Task states; outcomes are the centre's own.
"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.lifecycle import Workflow

ROUTE: Final = "appointments.route"
TELL: Final = "appointments.tell"


class RequestStatus(models.TextChoices):
    """Where a request stands."""

    REQUESTED = "requested", _("new")
    RECEIVED = "received", _("waiting for")
    ACCEPTED = "accepted", _("taken")
    COMPLETED = "completed", _("closed")
    CANCELLED = "cancelled", _("changed their mind")


WORKFLOW: Final = Workflow(
    "appointment request",
    moves={
        RequestStatus.REQUESTED: frozenset(
            {RequestStatus.RECEIVED, RequestStatus.ACCEPTED, RequestStatus.CANCELLED}
        ),
        RequestStatus.RECEIVED: frozenset({RequestStatus.ACCEPTED, RequestStatus.CANCELLED}),
        RequestStatus.ACCEPTED: frozenset({RequestStatus.COMPLETED, RequestStatus.CANCELLED}),
        RequestStatus.COMPLETED: frozenset(),
        RequestStatus.CANCELLED: frozenset(),
    },
)


class VisitReason(models.TextChoices):
    """What the visit is for, in her words."""

    NEW = "new", _("I was just told that I have breast cancer")
    SPREAD = "spread", _("The cancer has come back or has spread")
    SECOND_OPINION = "second_opinion", _("I would like a second opinion")
    IMMUNOTHERAPY = "immunotherapy", _("I want to talk about immunotherapy")
    OTHER = "other", _("Something else")


class PreferredTime(models.TextChoices):
    """When a call suits her."""

    ANY = "any", _("Any time")
    MORNING = "morning", _("Mornings")
    AFTERNOON = "afternoon", _("Afternoons")


class Outcome(models.TextChoices):
    """How a request ended."""

    BOOKED = "booked", _("Appointment made")
    ANSWERED = "answered", _("Question answered, no appointment needed")
    ELSEWHERE = "elsewhere", _("Will be seen somewhere else")
    NOT_REACHED = "not_reached", _("Could not be reached")
    DUPLICATE = "duplicate", _("Same request as another one")
    NOT_WANTED = "not_wanted", _("No longer wanted")
