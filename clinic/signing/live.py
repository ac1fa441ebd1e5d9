"""What may be shown now: computed from versions, approvals and the instant, never a flag."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from clinic.signing import kinds
from clinic.signing.models import Approval, TextVersion


def _is_valid(approval: Approval, version: TextVersion, at: datetime) -> bool:
    return (
        approval.sha256 == version.sha256
        and approval.approved_at <= at
        and (approval.expires_at is None or approval.expires_at > at)
    )


def is_live(version: TextVersion, *, at: datetime) -> bool:
    """Whether every approval this text needs stands on exactly these words and has not expired."""
    text = version.text
    if text.taken_down_at is not None or not kinds.is_known(text.kind) or not version.is_intact:
        return False
    given = {one.kind for one in version.approvals.all() if _is_valid(one, version, at)}
    return kinds.get(text.kind).needs_in(text.language) <= given


def live_versions(
    kind: str, language: str, *, at: datetime, subjects: Iterable[str] | None = None
) -> dict[str, TextVersion]:
    """The newest live version of each subject of one kind; two queries whatever their number."""
    rows = TextVersion.objects.filter(text__kind=kind, text__language=language)
    if subjects is not None:
        rows = rows.filter(text__subject__in=list(subjects))
    found: dict[str, TextVersion] = {}
    for version in rows.select_related("text").prefetch_related("approvals").order_by("-number"):
        if version.text.subject not in found and is_live(version, at=at):
            found[version.text.subject] = version
    return found


def live_version(kind: str, subject: str, language: str, *, at: datetime) -> TextVersion | None:
    """The newest version of one text that may be shown, or None: use the kind's fall-back."""
    return live_versions(kind, language, at=at, subjects=[subject]).get(subject)


def best_version(kind: str, subject: str, language: str, *, at: datetime) -> TextVersion | None:
    """The live version in her language, else in English; the template marks which it is."""
    return live_version(kind, subject, language, at=at) or live_version(
        kind, subject, kinds.SOURCE_LANGUAGE, at=at
    )


def next_change(version: TextVersion, *, at: datetime) -> datetime | None:
    """The earliest instant at which one of its approvals ends by itself, or None."""
    ends = [one.expires_at for one in version.approvals.all() if one.expires_at]
    return min((end for end in ends if end > at), default=None)
