"""Proposing words, approving them, taking them down.

Refuses to decide what is live: `live` computes that. Refuses to take an approval back.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from clinic.audit.recording import Actor, record
from clinic.signing import epoch, kinds
from clinic.signing.models import Approval, Text, TextVersion, digest

if TYPE_CHECKING:
    from clinic.people.models import User


class SameHands(Exception):
    """Nobody approves her own words."""


class AlreadyApproved(Exception):
    """This version already has this approval."""


def canonical(content: dict[str, Any]) -> str:
    """One spelling for one content: sorted keys, no spare blanks, UTF-8."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def says_nothing_new(latest: TextVersion | None, *, body: str, html: str = "") -> bool:
    """Whether the latest version already says this, so that nobody has to sign it again.

    Where one of its approvals has an end, the same words may be proposed again: that is how an
    approval is renewed, for it is never changed.
    """
    if latest is None or latest.sha256 != digest(body, html):
        return False
    return not latest.approvals.filter(expires_at__isnull=False).exists()


@transaction.atomic
def draft(
    *,
    kind: str,
    subject: str,
    language: str,
    body: dict[str, Any],
    by: User,
    at: datetime,
    html: str = "",
) -> TextVersion:
    """Propose words; they are shown only once every needed approval stands on them.

    Proposing the very words of the latest version returns that version, unless one of its
    approvals has an end. Raises KeyError for a kind that nobody registered.
    """
    kinds.get(kind)
    text, _made = Text.objects.get_or_create(kind=kind, subject=subject, language=language)
    latest = text.versions.order_by("-number").first()
    canonical_body = canonical(body)
    if latest is not None and says_nothing_new(latest, body=canonical_body, html=html):
        return latest
    version = _next_version(text, latest, body=canonical_body, html=html, by=by, at=at)
    record("propose", about=version, by=Actor.staff(by), at=at, kind=kind)
    return version


def _next_version(
    text: Text, latest: TextVersion | None, *, body: str, html: str, by: User, at: datetime
) -> TextVersion:
    return TextVersion.objects.create(
        text=text,
        number=latest.number + 1 if latest else 1,
        body=body,
        html=html,
        sha256=digest(body, html),
        author=by,
        created_at=at,
    )


@transaction.atomic
def approve(
    version: TextVersion,
    *,
    kind: str,
    by: User,
    credential: str,
    at: datetime,
    board: str = "",
    number: str = "",
    expires_at: datetime | None = None,
) -> Approval:
    """Say yes to exactly these words; raises `SameHands` for their author, `AlreadyApproved`."""
    _check_hands(version, kind=kind, by=by)
    approval = Approval.objects.create(
        version=version,
        kind=kind,
        sha256=version.sha256,
        author_id=version.author_id,
        approved_by=by,
        credential=credential,
        board=board,
        number=number,
        approved_at=at,
        expires_at=expires_at,
    )
    record("approve", about=version, by=Actor.staff(by), at=at, kind=kind)
    epoch.bump()
    return approval


def _check_hands(version: TextVersion, *, kind: str, by: User) -> None:
    if version.author_id == by.pk:
        raise SameHands(f"version {version.pk}")
    if version.approvals.filter(kind=kind).exists():
        raise AlreadyApproved(f"version {version.pk} {kind}")


def take_down(text: Text, *, by: User, at: datetime) -> None:
    """Stop showing a text at once; needs no signature."""
    _set_down(text, at, verb="take_down", by=by, at=at)


def put_back(text: Text, *, by: User, at: datetime) -> None:
    """Show the text again, in the version that its approvals still carry."""
    _set_down(text, None, verb="put_back", by=by, at=at)


def _set_down(text: Text, value: datetime | None, *, verb: str, by: User, at: datetime) -> None:
    with transaction.atomic():
        Text.objects.filter(pk=text.pk).update(taken_down_at=value)
        text.taken_down_at = value
        record(verb, about=text, by=Actor.staff(by), at=at)
        epoch.bump()
