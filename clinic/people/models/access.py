"""How a person comes back to her request: reference, private link, and a count of tries."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.people import seeing
from clinic.scoping import Scoped

if TYPE_CHECKING:
    from clinic.people.models.staff import User


class ReferenceQuerySet(models.QuerySet["Reference"]):
    """References, as they are asked for."""

    def visible_to(self, user: User) -> ReferenceQuerySet:
        """Those of the requests that a colleague may see."""
        return self.filter(seeing.requests(user))


class Reference(models.Model):
    """A short code that can be read out, for one request of any kind; 40 random bits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("code"), max_length=8, unique=True)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="references")
    about_kind = models.CharField(_("about"), max_length=40)
    about_id = models.UUIDField(_("about id"), unique=True)
    created_at = models.DateTimeField(_("created at"))

    rows = ReferenceQuerySet.as_manager()
    objects: ClassVar[Scoped[ReferenceQuerySet]] = Scoped()

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("reference")
        verbose_name_plural = _("references")

    def __str__(self) -> str:
        return self.spoken

    @property
    def spoken(self) -> str:
        """As it is shown and read out: two groups of four."""
        return f"{self.code[:4]}-{self.code[4:]}"


class PrivateLink(models.Model):
    """One link to one request; its token is derived from the row, so it is stored nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.ForeignKey(Reference, models.CASCADE, related_name="links")
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    rows = models.Manager()
    objects: ClassVar[Scoped[models.QuerySet[PrivateLink]]] = Scoped(through="reference")

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("private link")
        verbose_name_plural = _("private links")

    def __str__(self) -> str:
        return f"link {str(self.pk)[:8]}"


class Attempt(models.Model):
    """How often somebody tried to open a request lately; keyed digests, no addresses."""

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    count = models.PositiveIntegerField(_("count"), default=0)
    window_ends_at = models.DateTimeField(_("window ends at"))

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.count}"
