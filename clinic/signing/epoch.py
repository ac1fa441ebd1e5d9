"""The public epoch: part of every cached page's ETag, raised by what such a page may show."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from clinic.signing.models import PublicEpoch


def current() -> int:
    """The epoch now; 0 before anything was ever changed."""
    return PublicEpoch.objects.values_list("number", flat=True).filter(pk=1).first() or 0


def bump() -> None:
    """Make every cached public page stale; call inside the transaction of the change."""
    with transaction.atomic():
        PublicEpoch.objects.bulk_create([PublicEpoch(pk=1, number=0)], ignore_conflicts=True)
        PublicEpoch.objects.filter(pk=1).update(number=F("number") + 1)
