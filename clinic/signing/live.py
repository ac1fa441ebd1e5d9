"""What may be shown now: computed from versions, approvals and the instant, never a flag."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from clinic.signing import kinds
from clinic.signing.models import Approval, TextVersion

Place = tuple[str, str]
"""The subject of a text, and its language."""


@dataclass(frozen=True, slots=True)
class Live:
    """Words that may be shown, and the approvals that carry them."""

    version: TextVersion
    approvals: tuple[Approval, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What may be shown of some texts; `changes_at` is when that may change by itself, or None."""

    by_place: Mapping[Place, Live]
    changes_at: datetime | None

    def best(self, subject: str, language: str) -> Live | None:
        """The live words in her language, else in English, among the languages that were read."""
        english = self.by_place.get((subject, kinds.SOURCE_LANGUAGE))
        return self.by_place.get((subject, language), english)


def _is_valid(approval: Approval, version: TextVersion, at: datetime) -> bool:
    return (
        approval.sha256 == version.sha256
        and approval.approved_at <= at
        and (approval.expires_at is None or approval.expires_at > at)
    )


def _carry(approvals: Collection[Approval], version: TextVersion) -> bool:
    """Whether these, all of them valid, are what the version needs; no kind needs none."""
    text = version.text
    if text.taken_down_at is not None or not kinds.is_known(text.kind) or not version.is_intact:
        return False
    given = {one.kind for one in approvals}
    return bool(given) and kinds.get(text.kind).needs_in(text.language) <= given


def is_live(version: TextVersion, *, at: datetime) -> bool:
    """Whether every approval this text needs stands on exactly these words and has not expired."""
    return _carry([one for one in version.approvals.all() if _is_valid(one, version, at)], version)


def read(
    kind: str, *languages: str, at: datetime, subjects: Iterable[str] | None = None
) -> Reading:
    """The newest live version of each text of one kind; one query whatever their number.

    Read from the approvals, so that what nobody has signed is not even fetched.
    """
    rows = Approval.objects.filter(version__text__kind=kind, version__text__language__in=languages)
    if subjects is not None:
        rows = rows.filter(version__text__subject__in=list(subjects))
    rows = rows.select_related("version__text", "approved_by")
    given: dict[TextVersion, list[Approval]] = {}
    for one in rows.order_by("-version__number", "approved_at", "pk"):
        given.setdefault(one.version, []).append(one)
    return Reading(_newest(given, at), _next_change(given.values(), at))


def _newest(given: Mapping[TextVersion, Iterable[Approval]], at: datetime) -> dict[Place, Live]:
    found: dict[Place, Live] = {}
    for version, approvals in given.items():
        place = (version.text.subject, version.text.language)
        valid = tuple(one for one in approvals if _is_valid(one, version, at))
        if place not in found and _carry(valid, version):
            found[place] = Live(version, valid)
    return found


def _next_change(given: Iterable[Iterable[Approval]], at: datetime) -> datetime | None:
    """The earliest instant at which an approval begins or ends by itself."""
    ends = (time for some in given for one in some for time in (one.approved_at, one.expires_at))
    return min((time for time in ends if time and time > at), default=None)


def live_versions(
    kind: str, language: str, *, at: datetime, subjects: Iterable[str] | None = None
) -> dict[str, TextVersion]:
    """The newest live version of each subject of one kind, in one language."""
    found = read(kind, language, at=at, subjects=subjects).by_place
    return {subject: live.version for (subject, _language), live in found.items()}


def live_version(kind: str, subject: str, language: str, *, at: datetime) -> TextVersion | None:
    """The newest version of one text that may be shown, or None: use the kind's fall-back."""
    return live_versions(kind, language, at=at, subjects=[subject]).get(subject)


def best_version(kind: str, subject: str, language: str, *, at: datetime) -> TextVersion | None:
    """The live version in her language, else in English; the template marks which it is."""
    found = read(kind, language, kinds.SOURCE_LANGUAGE, at=at, subjects=[subject])
    best = found.best(subject, language)
    return best.version if best else None
