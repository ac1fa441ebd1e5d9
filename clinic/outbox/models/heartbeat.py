"""Which of the site's processes are alive, by their own word."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.outbox.codes import Pulse


class Heartbeat(models.Model):
    """When a process last said that it is alive, or a canary last came through."""

    name = models.CharField(_("name"), max_length=20, primary_key=True, choices=Pulse)
    beat_at = models.DateTimeField(_("last beat"))

    class Meta:
        ordering = ("name",)
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        constraints = (
            models.CheckConstraint(condition=Q(name__in=Pulse.values), name="heartbeat_is_known"),
        )

    def __str__(self) -> str:
        return self.name
