"""Codes of a case and a referral, and the tables of their allowed moves.

Referral states are FHIR R4 Task states; outcomes follow the decline codes of the field
(research notes, section C: Clin Trials 2012, PMC4836611).
"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.lifecycle import Workflow

ROUTE: Final = "desk.route"
TELL: Final = "desk.tell"


class CaseStatus(models.TextChoices):
    """Whether anything is still going on for a person."""

    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


CASE: Final = Workflow(
    "case",
    moves={CaseStatus.OPEN: frozenset({CaseStatus.CLOSED}), CaseStatus.CLOSED: frozenset()},
)


class ReferralStatus(models.TextChoices):
    """Where a referral stands."""

    REQUESTED = "requested", _("new")
    RECEIVED = "received", _("waiting for")
    ACCEPTED = "accepted", _("taken")
    IN_PROGRESS = "in-progress", _("in contact")
    ON_HOLD = "on-hold", _("on hold")
    COMPLETED = "completed", _("closed")
    CANCELLED = "cancelled", _("changed their mind")


_HELD = frozenset({ReferralStatus.IN_PROGRESS, ReferralStatus.ON_HOLD})
_ENDED = frozenset({ReferralStatus.COMPLETED, ReferralStatus.CANCELLED})
REFERRAL: Final = Workflow(
    "referral",
    moves={
        ReferralStatus.REQUESTED: frozenset(
            {ReferralStatus.RECEIVED, ReferralStatus.ACCEPTED, ReferralStatus.CANCELLED}
        ),
        ReferralStatus.RECEIVED: frozenset({ReferralStatus.ACCEPTED, ReferralStatus.CANCELLED}),
        ReferralStatus.ACCEPTED: _HELD | _ENDED,
        ReferralStatus.IN_PROGRESS: frozenset({ReferralStatus.ON_HOLD}) | _ENDED,
        ReferralStatus.ON_HOLD: frozenset({ReferralStatus.IN_PROGRESS}) | _ENDED,
        ReferralStatus.COMPLETED: frozenset(),
        ReferralStatus.CANCELLED: frozenset(),
    },
)


SPOKEN_WITH: Final = (ReferralStatus.IN_PROGRESS, ReferralStatus.ON_HOLD, ReferralStatus.COMPLETED)
"""States that a referral only has once somebody has spoken with her."""


class Outcome(models.TextChoices):
    """How a referral ended."""

    JOINED = "joined", _("Will join the study")
    SCREENING_BOOKED = "screening_booked", _("Screening visit made")
    CRITERIA = "criteria", _("The study does not fit now")
    PRIOR_TREATMENT = "prior_treatment", _("Earlier treatment does not fit the study")
    HEALTH = "health", _("Another health condition")
    TOO_UNWELL = "too_unwell", _("Too unwell now")
    STUDY_CLOSED = "study_closed", _("The study is closed or full")
    DISTANCE = "distance", _("Too far or too many visits")
    OTHER_TREATMENT = "other_treatment", _("Chose another treatment")
    NOT_WANTED = "not_wanted", _("Does not want to take part")
    NOT_REACHED = "not_reached", _("Could not be reached")
    DUPLICATE = "duplicate", _("Same request as another one")
