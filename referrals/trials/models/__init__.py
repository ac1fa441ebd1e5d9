"""The tables of the trials room: registry records, studies, cohorts, duties, criteria."""

from referrals.trials.models.cohorts import Cohort
from referrals.trials.models.criteria import CriteriaSet, Criterion, ImmutableCriteria
from referrals.trials.models.duties import Duty
from referrals.trials.models.records import RegistryRecord, RegistryVersion
from referrals.trials.models.studies import (
    LocallyConfirmed,
    Site,
    Study,
    StudyIdentifier,
    StudySite,
)

__all__ = [
    "Cohort",
    "CriteriaSet",
    "Criterion",
    "Duty",
    "ImmutableCriteria",
    "LocallyConfirmed",
    "RegistryRecord",
    "RegistryVersion",
    "Site",
    "Study",
    "StudyIdentifier",
    "StudySite",
]
