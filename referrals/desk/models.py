"""Cases, the referrals in them, and the tries at reaching people."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clinic.people import roles
from clinic.people.attempts import DUE_FIRST
from clinic.people.models import User
from clinic.people.models.asking import PersonRequest
from clinic.people.models.attempt import ContactAttempt
from clinic.scoping import Scoped
from referrals.desk.codes import (
    CASE,
    REFERRAL,
    SPOKEN_WITH,
    CaseStatus,
    Outcome,
    ReferralStatus,
)
from referrals.trials.models import Duty


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, as they are asked for."""

    def visible_to(self, user: User) -> CaseQuerySet:
        """Those with a referral that a colleague may see."""
        return self.filter(pk__in=Referral.objects.visible_to(user).values("case"))


class Case(PersonRequest):
    """One person's one file: who owns it, by when she is called, what she told."""

    status = models.CharField(
        _("status"), max_length=10, choices=CaseStatus, default=CaseStatus.OPEN
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="cases"
    )

    rows = CaseQuerySet.as_manager()
    objects: ClassVar[Scoped[CaseQuerySet]] = Scoped()

    class Meta(PersonRequest.Meta):
        abstract = False
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = (
            *PersonRequest.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status=CaseStatus.OPEN, ended_at__isnull=True)
                | Q(status=CaseStatus.CLOSED, ended_at__isnull=False),
                name="case_status_is_known_and_dated",
            ),
        )

    def __str__(self) -> str:
        return f"case {str(self.pk)[:8]}"

    @property
    def is_open(self) -> bool:
        """Whether something is still going on."""
        return self.status in CASE.open

    @property
    def statuses(self) -> set[str]:
        """Where its referrals stand; of those at hand, if they were read with it."""
        return {one.status for one in self.referrals.all()}

    @property
    def waits_for_contact(self) -> bool:
        """Whether nobody has spoken with her yet about any of her studies."""
        return self.is_open and self.statuses.isdisjoint(SPOKEN_WITH)


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Referrals, as they are asked for."""

    def visible_to(self, user: User) -> ReferralQuerySet:
        """Those of her own studies and sites, or given to her; the lead sees all.

        Before routing there is no site yet: everyone with a duty on the study sees the row, so
        that it is in a list from the moment of its commit. Wishes without a study are seen by
        every coordinator until one has them.
        """
        if user.has_role(roles.LEAD):
            return self
        if not user.has_role(roles.COORDINATOR):
            return self.none()
        duties = Duty.objects.filter(user=user, is_active=True, study=OuterRef("study"))
        here = Exists(duties.filter(site=OuterRef("site"))) | (
            Q(site__isnull=True) & Exists(duties)
        )
        unrouted = Q(study__isnull=True, coordinator__isnull=True)
        return self.filter(Q(coordinator=user) | unrouted | here)

    def waiting(self) -> ReferralQuerySet:
        """Not yet ended."""
        return self.filter(status__in=REFERRAL.open)

    def overdue(self, *, at: datetime) -> ReferralQuerySet:
        """Waiting past the hour at which something was due."""
        return self.waiting().filter(next_at__lt=at)

    def soonest_first(self) -> ReferralQuerySet:
        """By what is due next, in a total order."""
        return self.order_by(*DUE_FIRST)


class Referral(models.Model):
    """One person's interest in one study, in one coordinator's hands.

    Without a study it is her wish that a coordinator looks for one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    study = models.ForeignKey(
        "trials.Study", models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    site = models.ForeignKey(
        "trials.Site", models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    status = models.CharField(
        _("status"), max_length=12, choices=ReferralStatus, default=ReferralStatus.REQUESTED
    )
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    routing = models.JSONField(_("why this colleague"), default=dict, blank=True)
    due_at = models.DateTimeField(_("call by"))
    next_at = models.DateTimeField(_("next step due"), null=True, blank=True)
    created_at = models.DateTimeField(_("asked at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)

    rows = ReferralQuerySet.as_manager()
    objects: ClassVar[Scoped[ReferralQuerySet]] = Scoped()

    class Meta:
        ordering = ("due_at", "id")
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        indexes = (models.Index(fields=("status", "next_at")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=ReferralStatus.values), name="referral_status_is_known"
            ),
            models.UniqueConstraint(fields=("case", "study"), name="referral_once_for_a_study"),
            models.CheckConstraint(
                condition=Q(status__in=(ReferralStatus.REQUESTED, ReferralStatus.CANCELLED))
                | Q(coordinator__isnull=False),
                name="referral_given_has_coordinator",
            ),
            models.CheckConstraint(
                condition=Q(status=ReferralStatus.COMPLETED, outcome__in=Outcome.values)
                | (~Q(status=ReferralStatus.COMPLETED) & Q(outcome="")),
                name="referral_closed_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(REFERRAL.final), ended_at__isnull=False)
                | (~Q(status__in=sorted(REFERRAL.final)) & Q(ended_at__isnull=True)),
                name="referral_ends_when_it_ends",
            ),
        )

    def __str__(self) -> str:
        return f"referral {str(self.pk)[:8]}"

    @property
    def is_open(self) -> bool:
        """Whether something can still happen."""
        return self.status in REFERRAL.open


class ReferralAttempt(ContactAttempt):
    """A try at reaching the person of a referral."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="attempts")

    rows = models.Manager()
    objects: ClassVar[Scoped[models.QuerySet[ReferralAttempt]]] = Scoped(through="referral")

    class Meta(ContactAttempt.Meta):
        verbose_name = _("contact attempt")
        verbose_name_plural = _("contact attempts")
