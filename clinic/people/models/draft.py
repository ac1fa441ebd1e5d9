"""What a colleague has half typed: kept until she sends it, throws it away, or it grows old."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.encryption import EncryptedJSONField
from clinic.scoping import Scoped

if TYPE_CHECKING:
    from clinic.people.models.staff import User


class DraftQuerySet(models.QuerySet["Draft"]):
    """Drafts, as they are asked for."""

    def visible_to(self, user: User) -> DraftQuerySet:
        """Her own and nobody else's."""
        return self.filter(user=user)


class Draft(models.Model):
    """One half-typed form of one colleague; `place` names the form and what it is about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    place = models.CharField(_("place"), max_length=80)
    typed = EncryptedJSONField(_("typed"))
    saved_at = models.DateTimeField(_("saved at"))

    rows = DraftQuerySet.as_manager()
    objects: ClassVar[Scoped[DraftQuerySet]] = Scoped()

    class Meta:
        ordering = ("-saved_at", "id")
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = (
            models.UniqueConstraint(fields=("user", "place"), name="draft_once_for_a_place"),
        )

    def __str__(self) -> str:
        return self.place
