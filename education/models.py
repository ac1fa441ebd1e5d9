"""Pages, their working copies and the facts they refer to.

Holds what editors write and what is known of a drug's approvals. Refuses to hold anything a
reader is shown: that is a signed version in `clinic.signing`, made by `education.publishing`.
No patient data, ever.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.oncology.drugs import DRUGS, Drug
from clinic.places.models import PublicQuerySet, PublicRow
from clinic.signing.kinds import SOURCE_LANGUAGE
from education.codes import BlockKind, IndicationStatus, Jurisdiction, PageKind


def known_drug(code: str) -> None:
    """Refuse a code that the drug table of `clinic.oncology` does not hold."""
    if code not in DRUGS:
        raise ValidationError(_("The drug table does not hold this code."), code="unknown_drug")


class Indication(PublicRow):
    """One use of one drug in one country, and where its approval stands.

    `setting` is written for patients. `starts_on` and `ends_on` are the days the approval began
    and ended. A change is seen by every page that copied the fact into a signed version.
    """

    code = models.SlugField(_("short name"), max_length=80, unique=True)
    drug = models.CharField(_("drug"), max_length=40, validators=[known_drug])
    setting = models.CharField(_("for whom, in a patient's words"), max_length=300)
    status = models.CharField(_("status"), max_length=20, choices=IndicationStatus)
    jurisdiction = models.CharField(
        _("country"), max_length=2, choices=Jurisdiction, default=Jurisdiction.US
    )
    starts_on = models.DateField(_("approved on"), null=True, blank=True)
    ends_on = models.DateField(_("no longer approved since"), null=True, blank=True)
    trial_name = models.CharField(_("study behind it"), max_length=80, blank=True)
    nct_id = models.CharField(_("registry number"), max_length=11, blank=True)
    source_title = models.CharField(_("source"), max_length=200)
    source_url = models.URLField(_("address of the source"), blank=True)
    verified_on = models.DateField(_("checked on"))
    verify_by = models.DateField(_("check again by"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ("order", "code")
        verbose_name = _("approved use")
        verbose_name_plural = _("approved uses")
        constraints = (
            models.CheckConstraint(
                name="indication_status_known",
                condition=models.Q(status__in=IndicationStatus.values),
            ),
            models.CheckConstraint(
                name="indication_jurisdiction_known",
                condition=models.Q(jurisdiction__in=Jurisdiction.values),
            ),
            models.CheckConstraint(
                name="indication_ends_after_start",
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def substance(self) -> Drug:
        """The row of the drug table; raises KeyError if the table lost the code."""
        return DRUGS[self.drug]

    def status_on(self, day: date) -> IndicationStatus:
        """Where the approval stands on `day`: past `ends_on` it needs no hand to end it."""
        if self.ends_on is not None and self.ends_on <= day:
            return IndicationStatus.WITHDRAWN
        return IndicationStatus(self.status)


class PageQuerySet(PublicQuerySet["Page"]):
    """Pages, read aloud."""

    def standing(self) -> PageQuerySet:
        """Pages that nobody took down; whether one is live is `clinic.signing`'s answer."""
        return self.filter(taken_down_at=None)

    def taken_down(self) -> PageQuerySet:
        """Pages that a colleague took off the site."""
        return self.exclude(taken_down_at=None)


class Page(PublicRow):
    """An address on the site; its words are in `Edition` (working) and in signed versions."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=PageKind)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_sample = models.BooleanField(
        _("sample content"),
        default=False,
        help_text=_("The page says so until a version without this mark is approved."),
    )
    taken_down_at = models.DateTimeField(_("taken down at"), null=True, editable=False)
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("taken down by"),
    )

    objects: ClassVar = PageQuerySet.as_manager()

    class Meta:
        ordering = ("order", "slug")
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints = (
            models.CheckConstraint(
                name="page_kind_known", condition=models.Q(kind__in=PageKind.values)
            ),
            models.CheckConstraint(
                name="page_taken_down_pair",
                condition=models.Q(taken_down_at=None, taken_down_by=None)
                | models.Q(taken_down_at__isnull=False, taken_down_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.slug


class Edition(models.Model):
    """The working copy of a page in one language. Never served: readers see signed versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="editions")
    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, default=SOURCE_LANGUAGE
    )
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary, one or two sentences"), max_length=300)

    class Meta:
        ordering = ("page__order", "page__slug", "language")
        verbose_name = _("page text")
        verbose_name_plural = _("page texts")
        constraints = (
            models.UniqueConstraint(name="edition_once_a_language", fields=("page", "language")),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"


class Block(models.Model):
    """One part of an edition; `text` is Markdown, with `[3]` for the edition's third source."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="blocks")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind"), max_length=30, choices=BlockKind, default=BlockKind.TEXT)
    heading = models.CharField(_("heading"), max_length=120)
    text = models.TextField(_("text"), blank=True)
    indications = models.ManyToManyField(
        Indication, blank=True, related_name="blocks", verbose_name=_("approved uses")
    )

    class Meta:
        ordering = ("order", "id")
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = (
            models.CheckConstraint(
                name="block_kind_known", condition=models.Q(kind__in=BlockKind.values)
            ),
        )

    def __str__(self) -> str:
        return self.heading


class Source(models.Model):
    """Where a statement comes from; `number` is what `[3]` in a block points at."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="sources")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    publisher = models.CharField(_("publisher"), max_length=120)
    url = models.URLField(_("address"), blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    read_on = models.DateField(_("read on"))

    class Meta:
        ordering = ("number", "id")
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = (
            models.UniqueConstraint(name="source_number_once", fields=("edition", "number")),
        )

    def __str__(self) -> str:
        return self.title
