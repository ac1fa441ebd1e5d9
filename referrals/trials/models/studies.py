"""Studies as they run here: sites, cohorts, local status, identifiers, who works on them.

Refuses to hold patient words (signed texts) and patients. Local status is a plain fact with a
date and a name; `referrals.trials.status` sets it.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.trials.codes import (
    REGISTRY_RESTRICTS,
    RESTRICTION,
    STATUS_HOLDS_FOR,
    IdentifierSystem,
    LocalStatus,
    Phase,
    Purpose,
)
from referrals.trials.models.records import RegistryRecord


class Site(models.Model):
    """A place where studies run; `registry_names` are its facility names in the registry."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=40, blank=True)
    registry_names = models.JSONField(_("names in the registry"), default=list, blank=True)
    location = models.ForeignKey(
        "places.Location", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("name",)
        verbose_name = _("site")
        verbose_name_plural = _("sites")

    def __str__(self) -> str:
        return self.name


class LocallyConfirmed(models.Model):
    """A status that somebody here vouches for, and when she last did."""

    local_status = models.CharField(
        _("status here"), max_length=10, choices=LocalStatus, default=LocalStatus.NOT_YET
    )
    status_confirmed_at = models.DateTimeField(_("status confirmed at"), null=True, blank=True)
    status_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(
                condition=Q(local_status__in=LocalStatus.values), name="%(class)s_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status_confirmed_at__isnull=True, status_confirmed_by__isnull=True)
                | Q(status_confirmed_at__isnull=False, status_confirmed_by__isnull=False),
                name="%(class)s_status_has_who_and_when",
            ),
        )

    def is_confirmed(self, *, at: datetime) -> bool:
        """Whether the status here was looked at within the last fortnight."""
        confirmed = self.status_confirmed_at
        return confirmed is not None and confirmed > at - STATUS_HOLDS_FOR


class StudyQuerySet(models.QuerySet["Study"]):
    """Studies, as they are asked for."""

    def recruiting(self, *, at: datetime) -> StudyQuerySet:
        """Open here, and confirmed lately or at least not contradicted by the registry."""
        confirmed = Q(status_confirmed_at__gt=at - STATUS_HOLDS_FOR)
        restricted = Q(registry__overall_status__in=REGISTRY_RESTRICTS)
        not_contradicted = Q(registry__isnull=True) | ~restricted
        return self.filter(Q(local_status=LocalStatus.OPEN) & (confirmed | not_contradicted))

    def listed(self) -> StudyQuerySet:
        """With all that the plain listing shows, in a total order."""
        return (
            self.select_related("registry").prefetch_related("sites").order_by("local_name", "id")
        )


class Study(LocallyConfirmed):
    """One study as the centre runs it: plain facts, never words for patients."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registry = models.OneToOneField(
        RegistryRecord, models.PROTECT, null=True, blank=True, related_name="study"
    )
    nct_id = models.CharField(_("NCT number"), max_length=11, blank=True)
    title = models.CharField(_("title"), max_length=400)
    local_name = models.CharField(_("name among staff"), max_length=100)
    phases = models.JSONField(_("phases"), default=list, blank=True)
    primary_purpose = models.CharField(
        _("purpose"), max_length=30, choices=Purpose, default=Purpose.TREATMENT
    )
    purpose = models.TextField(_("what it studies"), blank=True)
    outside_institution = models.BooleanField(_("run by another institution"), default=False)
    consent_languages = models.JSONField(
        _("languages of the consent form"), default=list, blank=True
    )
    sites: models.ManyToManyField[Site, StudySite] = models.ManyToManyField(
        Site, through="StudySite", related_name="studies", verbose_name=_("sites")
    )

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ("local_name", "id")
        verbose_name = _("study")
        verbose_name_plural = _("studies")
        constraints = (
            *LocallyConfirmed.Meta.constraints,
            models.UniqueConstraint("nct_id", condition=~Q(nct_id=""), name="study_nct_id_once"),
            models.CheckConstraint(
                condition=Q(nct_id="") | Q(nct_id__regex=r"^NCT[0-9]{8}$"),
                name="study_nct_id_is_well_formed",
            ),
            models.CheckConstraint(
                condition=Q(primary_purpose__in=Purpose.values), name="study_purpose_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.local_name

    def effective_status(self, *, at: datetime) -> LocalStatus:
        """The status to act on: the more restrictive of ours and the registry's.

        Ours alone counts for 14 days after somebody here confirmed it: registries lag by months.
        """
        here = LocalStatus(self.local_status)
        if self.registry is None or self.is_confirmed(at=at):
            return here
        there = REGISTRY_RESTRICTS.get(self.registry.overall_status, LocalStatus.OPEN)
        return max(here, there, key=RESTRICTION.__getitem__)

    def meet_record(self) -> None:
        """Point at the registry record of this study's number, if one was imported."""
        known = RegistryRecord.objects.filter(nct_id=self.nct_id) if self.nct_id else None
        self.registry = known.first() if known is not None else None

    def phase_labels(self) -> list[str]:
        """The phases in words, in the registry's order; an unknown code is left out."""
        return [str(Phase(code).label) for code in self.phases if code in Phase.values]


class StudyIdentifier(models.Model):
    """A number by which another system knows a study."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, models.CASCADE, related_name="identifiers")
    system = models.CharField(_("system"), max_length=10, choices=IdentifierSystem)
    value = models.CharField(_("number"), max_length=100)

    class Meta:
        ordering = ("system", "value")
        verbose_name = _("study identifier")
        verbose_name_plural = _("study identifiers")
        constraints = (
            models.UniqueConstraint("system", "value", name="study_identifier_once"),
            models.CheckConstraint(
                condition=Q(system__in=IdentifierSystem.values),
                name="study_identifier_system_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_system_display()} {self.value}"


class StudySite(models.Model):
    """A study at a site, and whether it takes people there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, models.CASCADE, related_name="study_sites")
    site = models.ForeignKey(Site, models.PROTECT, related_name="study_sites")
    status = models.CharField(
        _("status"), max_length=10, choices=LocalStatus, default=LocalStatus.OPEN
    )

    class Meta:
        ordering = ("study", "site")
        verbose_name = _("study at a site")
        verbose_name_plural = _("studies at sites")
        constraints = (
            models.UniqueConstraint("study", "site", name="study_site_once"),
            models.CheckConstraint(
                condition=Q(status__in=LocalStatus.values), name="study_site_status_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.study} · {self.site}"
