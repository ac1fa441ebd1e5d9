"""Who works on a study at a site. Refuses to hold whose turn it is: the desk routes."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.trials.codes import DutyCode
from referrals.trials.models.studies import Site, Study


class DutyQuerySet(models.QuerySet["Duty"]):
    """Duties, as they are asked for."""

    def active(self) -> DutyQuerySet:
        """Held now, by somebody whose account works."""
        return self.filter(is_active=True, user__is_active=True)

    def of(self, *, study: Study, site: Site) -> DutyQuerySet:
        """For one study at one site, coordinators before backups before the lead."""
        rank = models.Case(
            *(models.When(duty=code, then=rank) for rank, code in enumerate(DutyCode)),
            output_field=models.IntegerField(),
        )
        return self.filter(study=study, site=site).order_by(rank, "user_id", "id")


class Duty(models.Model):
    """One person's part in one study at one site."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, models.CASCADE, related_name="duties")
    site = models.ForeignKey(Site, models.PROTECT, related_name="duties")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="duties")
    duty = models.CharField(_("duty"), max_length=12, choices=DutyCode)
    is_active = models.BooleanField(_("active"), default=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ("study", "site", "duty", "user")
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        constraints = (
            models.UniqueConstraint("study", "site", "user", "duty", name="duty_once"),
            models.CheckConstraint(condition=Q(duty__in=DutyCode.values), name="duty_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_duty_display()} · {self.study}"
