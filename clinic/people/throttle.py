"""Counting tries, in the database, so that guessing a reference takes longer than a life.

Holds keyed digests only: no address and no reference can be read from the table.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from clinic.encryption import blind_index
from clinic.people.models import Attempt


def client_address(request: HttpRequest) -> str:
    """The visitor's address, seen past as many proxies as the operator says there are."""
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(forwarded) >= proxies and forwarded[-proxies]:
        return forwarded[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def forgive(bucket: str, key: str) -> None:
    """Take back one counted try: it was right, and who is right must not be slowed down."""
    rows = Attempt.objects.filter(key=_digest(bucket, key), count__gt=0)
    rows.update(count=F("count") - 1)


def _digest(bucket: str, key: str) -> str:
    return blind_index(f"{bucket}:{key}", purpose="throttle")


def allow(bucket: str, key: str, *, limit: int, window: timedelta, at: datetime) -> bool:
    """Count one try; False once there were more than `limit` in the window.

    One UPDATE counts, so parallel tries cannot slip past the limit together.
    """
    digest = _digest(bucket, key)
    rows = Attempt.objects.filter(key=digest)
    fresh = Attempt(key=digest, count=0, window_ends_at=at + window)
    # Together: three commits where one does keep every other writer of a SQLite file waiting.
    with transaction.atomic():
        # Renewed before it is made: an old row may be tidied away until this line, not after it.
        rows.filter(window_ends_at__lte=at).update(count=0, window_ends_at=at + window)
        Attempt.objects.bulk_create([fresh], ignore_conflicts=True)
        rows.update(count=F("count") + 1)
    return rows.filter(count__lte=limit).exists()


def forget_old(*, at: datetime) -> None:
    """Delete the counts whose window is over."""
    Attempt.objects.filter(window_ends_at__lte=at).delete()
