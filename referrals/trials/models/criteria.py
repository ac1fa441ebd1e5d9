"""A cohort's criteria: versioned sets of lines in a tree, frozen once they leave the draft.

Refuses to hold how a line is judged (`referrals.screening.logic`) and the words a patient reads
for it (a signed text whose subject is the set).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from referrals.trials.codes import Audience, Hardness, NodeKind, Operator, Polarity, SetState
from referrals.trials.models.cohorts import Cohort


class ImmutableCriteria(Exception):
    """Criteria are changed in a draft only; a new version is made for anything else."""


class CriteriaSetQuerySet(models.QuerySet["CriteriaSet"]):
    """Sets, as they are asked for."""

    def published(self) -> CriteriaSetQuerySet:
        """Those people are matched against: at most one a cohort."""
        return self.filter(state=SetState.PUBLISHED)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete drafts; refuse where another state is among them."""
        with transaction.atomic():
            _lock_drafts(self.order_by().values_list("pk", flat=True))
            return super().delete()


class CriteriaSet(models.Model):
    """One version of a cohort's criteria, read from the registry content `source_sha256`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="criteria_sets")
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=SetState, default=SetState.DRAFT)
    source_sha256 = models.CharField(_("registry content"), max_length=64, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CriteriaSetQuerySet.as_manager()

    class Meta:
        ordering = ("cohort", "-version")
        verbose_name = _("criteria set")
        verbose_name_plural = _("criteria sets")
        constraints = (
            models.UniqueConstraint("cohort", "version", name="criteria_set_version_once"),
            models.UniqueConstraint(
                "cohort",
                condition=Q(state=SetState.PUBLISHED),
                name="criteria_set_one_published",
            ),
            models.CheckConstraint(
                condition=Q(state__in=SetState.values), name="criteria_set_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=SetState.PUBLISHED)
                | Q(published_at__isnull=False, reviewer__isnull=False),
                name="criteria_set_published_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("author")),
                name="criteria_set_two_people",
            ),
        )

    def __str__(self) -> str:
        return f"{self.cohort} v{self.version}"

    @property
    def is_draft(self) -> bool:
        """Whether its lines may still change."""
        return self.state == SetState.DRAFT

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete a draft; refuse anything that was in review or on screen."""
        with transaction.atomic():
            _lock_drafts({self.pk})
            return super().delete(*args, **kwargs)


class CriterionQuerySet(models.QuerySet["Criterion"]):
    """Lines, changed in bulk only while every set they belong to is a draft."""

    def update(self, **kwargs: Any) -> int:
        """Update lines of drafts."""
        with transaction.atomic():
            self._lock_sets()
            return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete lines of drafts."""
        with transaction.atomic():
            self._lock_sets()
            return super().delete()

    def bulk_create(self, objs: Iterable[Criterion], *args: Any, **kwargs: Any) -> list[Criterion]:
        """Add lines to drafts."""
        lines = list(objs)
        with transaction.atomic():
            _lock_drafts({line.criteria_set_id for line in lines})
            return super().bulk_create(lines, *args, **kwargs)

    def _lock_sets(self) -> None:
        _lock_drafts(self.order_by().values_list("criteria_set", flat=True))


class Criterion(models.Model):
    """One node of a set's tree: a group (`kind`, `minimum`) or a leaf (`field operator value`).

    `value` is a list of codes for `in` and `not_in`, a number for `gte` and `lte`, two numbers for
    `between`, nothing for `is_true` and `is_false`. `quote` is short: the registry's own words.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    criteria_set = models.ForeignKey(CriteriaSet, models.CASCADE, related_name="criteria")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=NodeKind, default=NodeKind.LEAF)
    minimum = models.PositiveSmallIntegerField(_("at least"), null=True, blank=True)
    key = models.SlugField(_("key"), max_length=60)
    field = models.SlugField(_("field"), max_length=60, blank=True)
    operator = models.CharField(_("operator"), max_length=10, choices=Operator, blank=True)
    value = models.JSONField(_("value"), null=True, blank=True)
    polarity = models.CharField(
        _("polarity"), max_length=10, choices=Polarity, default=Polarity.INCLUDE
    )
    audience = models.CharField(
        _("audience"), max_length=12, choices=Audience, default=Audience.PATIENT
    )
    hardness = models.CharField(
        _("hardness"), max_length=10, choices=Hardness, default=Hardness.HARD
    )
    quote = models.CharField(_("quote"), max_length=500, blank=True)

    objects = CriterionQuerySet.as_manager()

    class Meta:
        ordering = ("criteria_set", "order", "key")
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = (
            models.UniqueConstraint("criteria_set", "key", name="criterion_key_once_in_set"),
            models.CheckConstraint(
                condition=Q(kind=NodeKind.LEAF, operator__in=Operator.values) & ~Q(field="")
                | Q(
                    kind__in=(NodeKind.ALL, NodeKind.ANY, NodeKind.NOT, NodeKind.AT_LEAST),
                    field="",
                    operator="",
                ),
                name="criterion_is_leaf_or_group",
            ),
            models.CheckConstraint(
                condition=Q(kind=NodeKind.AT_LEAST, minimum__gte=1)
                | ~Q(kind=NodeKind.AT_LEAST) & Q(minimum__isnull=True),
                name="criterion_minimum_belongs_to_at_least",
            ),
            models.CheckConstraint(
                condition=Q(polarity__in=Polarity.values)
                & Q(audience__in=Audience.values)
                & Q(hardness__in=Hardness.values),
                name="criterion_codes_are_known",
            ),
        )

    def __str__(self) -> str:
        return self.key

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save a line of a draft; a line does not leave a set that is no draft."""
        with transaction.atomic():
            before = Criterion.objects.filter(pk=self.pk).values_list("criteria_set", flat=True)
            _lock_drafts({self.criteria_set_id, *before})
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete a line of a draft."""
        with transaction.atomic():
            _lock_drafts({self.criteria_set_id})
            return super().delete(*args, **kwargs)


def _lock_drafts(ids: Iterable[uuid.UUID]) -> None:
    """Hold these sets as drafts until the transaction ends; call it inside one.

    Without the lock a line could be written on PostgreSQL while its set goes to review, and be in
    force without having been checked. The state is looked at in the locked row, never in the query
    and never in a loaded set: both may be older.
    """
    rows = CriteriaSet.objects.select_for_update().filter(pk__in=set(ids)).order_by("pk")
    states = {row.pk: row.state for row in rows}
    if closed := sorted(str(pk) for pk, state in states.items() if state != SetState.DRAFT):
        raise ImmutableCriteria(f"Only a draft can change; not so: {', '.join(closed)}.")
