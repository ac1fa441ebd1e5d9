"""Cohorts of a study: the level at which people fit, and at which places run out.

Refuses to hold criteria (they are versioned beside it).
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from referrals.trials.codes import RESTRICTION, LocalStatus, SetState
from referrals.trials.models.studies import LocallyConfirmed, Study


class CohortQuerySet(models.QuerySet["Cohort"]):
    """Cohorts, as they are asked for."""

    def recruiting(self, *, at: datetime) -> CohortQuerySet:
        """Open, in a study that takes people now."""
        studies = Study.objects.recruiting(at=at)
        return self.filter(local_status=LocalStatus.OPEN, study__in=studies)

    def with_published_criteria(self) -> CohortQuerySet:
        """Those that somebody can be matched against."""
        sets = models.Q(criteria_sets__state=SetState.PUBLISHED)
        published = self.model._default_manager.filter(sets, pk=OuterRef("pk"))
        return self.filter(Exists(published))


class Cohort(LocallyConfirmed):
    """One group of people a study looks for; `code` is unique within the study."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, models.PROTECT, related_name="cohorts")
    code = models.CharField(_("code"), max_length=40)
    label = models.CharField(_("label"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ("study", "order", "code")
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        constraints = (
            *LocallyConfirmed.Meta.constraints,
            models.UniqueConstraint("study", "code", name="cohort_code_once_in_study"),
        )

    def __str__(self) -> str:
        return f"{self.study} · {self.label}"

    def effective_status(self, *, at: datetime) -> LocalStatus:
        """The more restrictive of the cohort's status and its study's."""
        here, study = LocalStatus(self.local_status), self.study.effective_status(at=at)
        return max(here, study, key=RESTRICTION.__getitem__)
