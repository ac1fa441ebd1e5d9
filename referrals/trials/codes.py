"""The codes of the trials room and the words staff read for them.

Holds codes and their order only. Refuses to hold patient words: those are signed texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class LocalStatus(models.TextChoices):
    """Whether a study or cohort takes people here, from the least to the most restrictive."""

    OPEN = "open", _("Open")
    NOT_YET = "not_yet", _("Not open yet")
    FULL = "full", _("Full")
    PAUSED = "paused", _("Paused")
    CLOSED = "closed", _("Closed")


RESTRICTION: Final = {status: rank for rank, status in enumerate(LocalStatus)}

# A status that nobody looked at for a fortnight is a rumor: the registry is heard again.
STATUS_HOLDS_FOR: Final = timedelta(days=14)

# What the registry says stops a study here. A code that is not in this table (RECRUITING, UNKNOWN,
# expanded access, none at all) restricts nothing. Source: ClinicalTrials.gov API v2, `Status`.
REGISTRY_RESTRICTS: Final = {
    "NOT_YET_RECRUITING": LocalStatus.NOT_YET,
    "ENROLLING_BY_INVITATION": LocalStatus.PAUSED,
    "SUSPENDED": LocalStatus.PAUSED,
    "ACTIVE_NOT_RECRUITING": LocalStatus.CLOSED,
    "COMPLETED": LocalStatus.CLOSED,
    "TERMINATED": LocalStatus.CLOSED,
    "WITHDRAWN": LocalStatus.CLOSED,
}


class Phase(models.TextChoices):
    """The registry's phase codes."""

    NOT_APPLICABLE = "NA", _("No phase")
    EARLY = "EARLY_PHASE1", _("Early phase 1")
    ONE = "PHASE1", _("Phase 1")
    TWO = "PHASE2", _("Phase 2")
    THREE = "PHASE3", _("Phase 3")
    FOUR = "PHASE4", _("Phase 4")


class Purpose(models.TextChoices):
    """The registry's primary purpose."""

    TREATMENT = "TREATMENT", _("Treatment")
    PREVENTION = "PREVENTION", _("Prevention")
    DIAGNOSTIC = "DIAGNOSTIC", _("Tests to find disease")
    SUPPORTIVE_CARE = "SUPPORTIVE_CARE", _("Support during and after treatment")
    SCREENING = "SCREENING", _("Screening")
    HEALTH_SERVICES = "HEALTH_SERVICES_RESEARCH", _("How care is given")
    BASIC_SCIENCE = "BASIC_SCIENCE", _("Basic science")
    DEVICE_FEASIBILITY = "DEVICE_FEASIBILITY", _("First use of a device")
    OTHER = "OTHER", _("Other")


class IdentifierSystem(models.TextChoices):
    """Whose number a study identifier is."""

    PROTOCOL = "protocol", _("Protocol number")
    IRB = "irb", _("IRB number")
    CTMS = "ctms", _("Trial management system")
    EPIC = "epic", _("Epic study code")


class DutyCode(models.TextChoices):
    """What somebody does for a study at a site."""

    COORDINATOR = "coordinator", _("Coordinator")
    BACKUP = "backup", _("Backup")
    LEAD = "lead", _("Lead")


class SetState(models.TextChoices):
    """The life of one version of a cohort's criteria."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


SET_MOVES: Final[Mapping[str, frozenset[str]]] = {
    SetState.DRAFT: frozenset({SetState.IN_REVIEW, SetState.RETIRED}),
    SetState.IN_REVIEW: frozenset({SetState.DRAFT, SetState.PUBLISHED, SetState.RETIRED}),
    SetState.PUBLISHED: frozenset({SetState.RETIRED}),
    SetState.RETIRED: frozenset(),
}


class NodeKind(models.TextChoices):
    """How a node of the tree joins what stands under it."""

    ALL = "all", _("All of these")
    ANY = "any", _("Any of these")
    NOT = "not", _("Not this")
    AT_LEAST = "at_least", _("At least this many")
    LEAF = "leaf", _("One criterion")


class Operator(models.TextChoices):
    """How a leaf compares an answer with its value; small, typed, total."""

    IN = "in", _("is one of")
    NOT_IN = "not_in", _("is none of")
    GTE = "gte", _("is at least")
    LTE = "lte", _("is at most")
    BETWEEN = "between", _("is between")
    IS_TRUE = "is_true", _("is true")
    IS_FALSE = "is_false", _("is false")


class Polarity(models.TextChoices):
    """Whether the registry lists a line as an inclusion or an exclusion."""

    INCLUDE = "include", _("Inclusion")
    EXCLUDE = "exclude", _("Exclusion")


class Audience(models.TextChoices):
    """Who can answer: she herself, or the study team from tests and records."""

    PATIENT = "patient", _("Patient")
    COORDINATOR = "coordinator", _("Study team")


class Hardness(models.TextChoices):
    """Whether the team may waive a line after a look at the person."""

    HARD = "hard", _("Fixed")
    SOFT = "soft", _("The team decides")
