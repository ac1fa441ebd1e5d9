"""Consent: the words that are live now, and the row that says yes to them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

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


def wordings(
    kinds: Iterable[ConsentKind], language: str, *, at: datetime
) -> dict[str, TextVersion]:
    """The live words for each kind, in her language or else in English; absent where none is."""
    subjects = [str(kind) for kind in kinds]
    found = live_versions(TEXT_KIND.code, SOURCE_LANGUAGE, at=at, subjects=subjects)
    if language != SOURCE_LANGUAGE:
        found |= live_versions(TEXT_KIND.code, language, at=at, subjects=subjects)
    return found


def shown_version(version_id: uuid.UUID, kind: str) -> TextVersion | None:
    """The version that was on her screen, if it is one of this consent."""
    versions = TextVersion.objects.select_related("text")
    return versions.filter(pk=version_id, text__kind=TEXT_KIND.code, text__subject=kind).first()


def give(
    person: Person,
    *,
    kind: str,
    version: TextVersion,
    given_by: Person,
    at: datetime,
    witness: User | None = None,
    recipient: str = "",
    expires_at: datetime | None = None,
) -> Consent:
    """Write down a yes; call inside the transaction of what it allows.

    With a `witness`, the colleague who read the words out, it was spoken; else it was typed. An
    authorization names its recipient and its end.
    """
    consent = Consent.rows.create(
        person=person,
        kind=kind,
        text_version=version,
        language=version.text.language,
        method=ConsentMethod.VOICE if witness else ConsentMethod.WEB,
        witness=witness,
        recipient=recipient,
        given_by=given_by,
        given_at=at,
        expires_at=at + LASTS[kind] if kind in LASTS else expires_at,
    )
    record("consent", about=consent, by=Actor.person(given_by), at=at, kind=kind)
    return consent


def has(person: Person, kind: str, *, at: datetime) -> bool:
    """Whether she agreed, has not taken it back, and it has not ended."""
    rows = person.consents.filter(kind=kind, revoked_at__isnull=True)
    return rows.exclude(expires_at__lte=at).exists()


def revoke_all(person: Person, *, by: Actor, at: datetime) -> None:
    """Take back everything she agreed to."""
    for consent in person.consents.filter(revoked_at__isnull=True):
        Consent.rows.filter(pk=consent.pk).update(revoked_at=at)
        record("revoke", about=consent, by=by, at=at, kind=consent.kind)
