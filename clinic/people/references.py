"""Short references and private links: making them, and finding a request by them."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from clinic.audit.recording import Actor, record
from clinic.audit.recording import about as pair
from clinic.encryption import keyed_digest, keyed_digests
from clinic.people.models import Person, PrivateLink, Reference

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs without 0, O, 1 and I, which are misread and misheard; 5 bits each."""
CODE_LENGTH: Final = 8
LINK_LIFE: Final = timedelta(days=90)
LINK_RENEWED: Final = timedelta(days=30)
PURPOSE: Final = "private-link"
TRIES: Final = 5


class LinkNotValid(Exception):
    """The link is not one of ours, has expired or was revoked."""


def make_reference(request: models.Model, *, person: Person, at: datetime) -> Reference:
    """A fresh short code for a request; call inside the transaction that makes the request."""
    kind, request_id = pair(request)
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return Reference.rows.create(
                    code=_drawn(),
                    person=person,
                    about_kind=kind,
                    about_id=request_id,
                    created_at=at,
                )
        except IntegrityError:
            if Reference.rows.filter(about_id=request_id).exists():
                raise
    raise RuntimeError("No free reference code was found.")


def _drawn() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def renew(reference: Reference, *, seen: str, by: Actor, at: datetime) -> bool:
    """Somebody else may have her link or reference: both end, and a new code is hers.

    `seen` is the code on the page on which this was asked for; False when it was renewed since, so
    that a double click does not end the code that she has just written down.
    """
    with transaction.atomic():
        if not _recode(reference, seen=normalise_code(seen)):
            return False
        end_links([reference], at=at)
        record("renew_reference", about=reference, by=by, at=at)
    reference.refresh_from_db()
    return True


def _recode(reference: Reference, *, seen: str) -> bool:
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return bool(Reference.rows.filter(pk=reference.pk, code=seen).update(code=_drawn()))
        except IntegrityError:
            continue
    raise RuntimeError("No free reference code was found.")


def references_of(people: Iterable[Person]) -> list[str]:
    """The last four signs of other requests' references, for a colleague to ask about.

    Never the whole: with it and the birth date on the same page she could open her request.
    """
    return [f"…-{one.code[4:]}" for one in Reference.rows.filter(person__in=list(people))]


def reference_of(request_id: uuid.UUID) -> Reference | None:
    """The reference of one request."""
    return Reference.rows.filter(about_id=request_id).first()


def opened(
    reference_id: uuid.UUID, *, code: str, link_id: uuid.UUID | None = None
) -> Reference | None:
    """The request that a person has opened, with herself, while what opened it still counts.

    Whoever was let in by a code or link that has ended since is out: it may be who she fears.
    """
    rows = Reference.rows.select_related("person").filter(pk=reference_id, code=code)
    if link_id is not None:
        rows = rows.filter(links__pk=link_id, links__revoked_at=None)
    return rows.first()


def normalise_code(typed: str) -> str:
    """What somebody typed or read out, as a code: no blanks, no hyphen, capitals."""
    return "".join(char for char in typed.upper() if char.isalnum())


def find(code: str, birth_date: date) -> Reference | None:
    """The request of this reference, if the patient was born on that day.

    Two wrong things and one wrong thing take the same path and give the same answer.
    """
    reference = Reference.rows.select_related("person").filter(code=normalise_code(code)).first()
    expected = reference.person.birth_date if reference else ""
    matches = hmac.compare_digest(expected.encode(), birth_date.isoformat().encode())
    return reference if matches else None


def make_link(reference: Reference, *, at: datetime) -> PrivateLink:
    """A private link to a request."""
    return PrivateLink.rows.create(reference=reference, created_at=at, expires_at=at + LINK_LIFE)


def link_for(reference: Reference, *, at: datetime) -> PrivateLink:
    """A link that still works for a while: the newest there is, or a new one."""
    usable = reference.links.filter(revoked_at__isnull=True, expires_at__gt=at + LINK_RENEWED)
    return usable.last() or make_link(reference, at=at)


def end_links(references: Iterable[Reference], *, at: datetime) -> int:
    """Let no link to these requests open anything again; how many ended.

    Call it inside the transaction of what makes them unsafe.
    """
    return _end(PrivateLink.rows.filter(reference__in=list(references)), at=at)


def end_links_of(person: Person, *, at: datetime) -> None:
    """The same for all her requests, and those of whom she helps."""
    hers = Q(person=person) | Q(person__helpers__person=person)
    end_links(Reference.rows.filter(hers).distinct(), at=at)


def end_links_about(request: models.Model, *, at: datetime) -> None:
    """The same for one request."""
    end_links(Reference.rows.filter(about_id=request.pk), at=at)


def end_link(link_id: uuid.UUID, *, reference: Reference, at: datetime) -> bool:
    """She closes her page: the link that opened it stays behind in a browser that others use."""
    with transaction.atomic():
        ended = _end(reference.links.filter(pk=link_id), at=at)
        if ended:
            record("end_link", about=reference, by=Actor.person(reference.person), at=at)
    return bool(ended)


def _end(links: QuerySet[PrivateLink], *, at: datetime) -> int:
    return links.filter(revoked_at=None).update(revoked_at=at)


def token_of(link: PrivateLink) -> str:
    """The link's secret: its id and half a keyed digest of it, 43 URL-safe characters."""
    seal = keyed_digest(link.pk.hex, purpose=PURPOSE)[:16]
    return base64.urlsafe_b64encode(link.pk.bytes + seal).decode().rstrip("=")


def address_of(link: PrivateLink) -> str:
    """The full address to give to the person; its path says nothing about her."""
    return settings.SITE_URL + reverse("requests:link", kwargs={"token": token_of(link)})


def open_link(token: str, *, at: datetime) -> PrivateLink:
    """The link behind a token, with its request; raises `LinkNotValid`."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        link_id = uuid.UUID(bytes=raw[:16])
    except (ValueError, binascii.Error) as error:
        raise LinkNotValid("unreadable") from error
    # A link outlives a change of keys: whichever key of the ring it was made with, it opens.
    seals = [one[:16] for one in keyed_digests(link_id.hex, purpose=PURPOSE)]
    if not any(hmac.compare_digest(raw[16:], seal) for seal in seals):
        raise LinkNotValid("not ours")
    link = PrivateLink.rows.select_related("reference__person").filter(pk=link_id).first()
    if link is None or link.revoked_at is not None or link.expires_at <= at:
        raise LinkNotValid("ended")
    return link
