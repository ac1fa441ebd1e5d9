"""Consent: the words that are live now, and the row that says yes to them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic.audit.recording import Actor, record
from clinic.people.models import Consent, Person, User
from clinic.people.models.person import ConsentKind, ConsentMethod
from clinic.signing.kinds import PRIVACY, SOURCE_LANGUAGE, TextKind
from clinic.signing.live import live_versions
from clinic.signing.models import TextVersion

LASTS: Final = {str(ConsentKind.KEEP_ON_FILE): timedelta(days=365)}
"""How long a yes holds where its words name a time; the others hold until taken back."""
TEXT_KIND: Final = TextKind(
    "consent",
    _("Consent"),
    (PRIVACY,),
    subject_help=_("the code of the consent, as in “keep_on_file”"),
    shape={"words": "", "hint": ""},
)


_OFFERED: Final[dict[str, Callable[..., bool]]] = {}


def ask_only_if(kind: ConsentKind, is_offered: Callable[..., bool]) -> None:
    """Ask for a consent only while `is_offered(at=…)`; whoever needs it says so at start."""
    _OFFERED[str(kind)] = is_offered


def _is_offered(kind: str, *, at: datetime) -> bool:
    return kind not in _OFFERED or _OFFERED[kind](at=at)


def wordings(
    kinds: Iterable[ConsentKind], language: str, *, at: datetime
) -> dict[str, TextVersion]:
    """The live words for each kind, in her language or else in English; absent where none is.

    Absent, too, is what whoever needs the consent does not offer now (`ask_only_if`).
    """
    subjects = [str(kind) for kind in kinds if _is_offered(str(kind), at=at)]
    found = live_versions(TEXT_KIND.code, SOURCE_LANGUAGE, at=at, subjects=subjects)
    if language != SOURCE_LANGUAGE:
        found |= live_versions(TEXT_KIND.code, language, at=at, subjects=subjects)
    return found


def shown_version(version_id: uuid.UUID, kind: str) -> TextVersion | None:
    """The version that was on her screen, if it is one of this consent."""
    versions = TextVersion.objects.select_related("text")
    return versions.filter(pk=version_id, text__kind=TEXT_KIND.code, text__subject=kind).first()


def approved_at(version: TextVersion) -> datetime:
    """When the last of its approvals was given; for a live version."""
    return max(one.approved_at for one in version.approvals.all())


def give(
    person: Person,
    *,
    kind: str,
    version: TextVersion,
    given_by: Person,
    at: datetime,
    witness: User | None = None,
    on_paper: bool = False,
    recipient: str = "",
    expires_at: datetime | None = None,
) -> Consent:
    """Write down a yes; call inside the transaction of what it allows.

    With a `witness`, the colleague who read the words out or has them signed before her
    (`on_paper`), it was spoken or written; else it was typed. An authorization names its recipient
    and its end.
    """
    consent = Consent.rows.create(
        person=person,
        kind=kind,
        text_version=version,
        language=version.text.language,
        method=_method(witness, on_paper=on_paper),
        witness=witness,
        recipient=recipient,
        given_by=given_by,
        given_at=at,
        expires_at=at + LASTS[kind] if kind in LASTS else expires_at,
    )
    actor = Actor.staff(witness) if witness else Actor.person(given_by)
    record("consent", about=consent, by=actor, at=at, kind=kind)
    return consent


def _method(witness: User | None, *, on_paper: bool) -> ConsentMethod:
    if witness is None:
        return ConsentMethod.WEB
    return ConsentMethod.PAPER if on_paper else ConsentMethod.VOICE


def has(person: Person, kind: str, *, at: datetime) -> bool:
    """Whether she agreed, has not taken it back, and it has not ended."""
    rows = person.consents.filter(kind=kind, revoked_at__isnull=True)
    return rows.exclude(expires_at__lte=at).exists()


def has_given(person: Person, kind: str, *, at: datetime) -> bool:
    """Whether she herself said yes, for her or for whom she helps, and it still holds.

    For what concerns the phone in her own hand, such as text messages.
    """
    return person.pk in who_gave([person.pk], kind, at=at)


def who_gave(people: Iterable[uuid.UUID], kind: str, *, at: datetime) -> set[uuid.UUID]:
    """Which of these people said yes themselves, so that it still holds."""
    rows = Consent.rows.filter(given_by__in=list(people), kind=kind, revoked_at__isnull=True)
    return set(rows.exclude(expires_at__lte=at).values_list("given_by", flat=True))


def take_back(people: Iterable[Person], kind: str, *, by: Actor, at: datetime) -> int:
    """End what these people said yes to themselves; how many consents ended now.

    One UPDATE each decides who ended it, so that two who do it at once count it once.
    """
    ended = 0
    for consent in Consent.rows.filter(given_by__in=people, kind=kind, revoked_at__isnull=True):
        with transaction.atomic():
            mine = Consent.rows.filter(pk=consent.pk, revoked_at__isnull=True)
            if mine.update(revoked_at=at):
                record("revoke", about=consent, by=by, at=at, kind=kind)
                ended += 1
    return ended


def revoke_all(person: Person, *, by: Actor, at: datetime) -> None:
    """Take back everything she agreed to; call inside the transaction of what ends with it."""
    given = Consent.rows.filter(revoked_at__isnull=True)
    for consent in person.consents.filter(revoked_at__isnull=True):
        if given.filter(pk=consent.pk).update(revoked_at=at):
            record("revoke", about=consent, by=by, at=at, kind=consent.kind)
