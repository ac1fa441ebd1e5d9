"""What the registry said, and every version in which it said it.

Refuses to hold anything local: contacts, status and words of the centre live on other rows, so
that no import can wipe them.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class RegistryRecord(models.Model):
    """One study of the registry, as last seen."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nct_id = models.CharField(_("NCT number"), max_length=11, unique=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    overall_status = models.CharField(_("registry status"), max_length=40, blank=True)
    brief_title = models.TextField(_("title in the registry"), blank=True)
    # Text, because the registry gives partial dates: 2026, 2026-08.
    last_update_posted = models.CharField(_("last update posted"), max_length=10, blank=True)
    first_seen_at = models.DateTimeField(_("first seen at"))
    seen_at = models.DateTimeField(_("seen at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        ordering = ("nct_id",)
        verbose_name = _("registry record")
        verbose_name_plural = _("registry records")

    def __str__(self) -> str:
        return self.nct_id


class RegistryVersion(models.Model):
    """One content of a record, kept for good: `raw` is canonical JSON text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(RegistryRecord, models.PROTECT, related_name="versions")
    raw = models.TextField(_("record"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        ordering = ("record", "received_at", "id")
        verbose_name = _("registry version")
        verbose_name_plural = _("registry versions")
        constraints = (
            models.UniqueConstraint("record", "sha256", name="registry_version_kept_once"),
        )

    def __str__(self) -> str:
        return f"{self.record_id} {self.sha256[:8]}"
