"""What people are found by, brought under the newest key; and the links that older keys still open.

For people whose rows were written before a key, or before search tokens, came into use. Refuses
the sealed values themselves (`clinic/sealing_anew.py`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from clinic.audit.models import Event
from clinic.audit.recording import Actor, about, record
from clinic.encryption import CannotDecrypt, newest_key
from clinic.people.models import Person, PrivateLink
from clinic.people.models.search import tokens_of
from clinic.places import centre

BATCH: Final = 200
OPERATOR: Final = Actor("system", "rotate_keys")
NEW_KEY: Final = "new_key"


@dataclass(frozen=True, slots=True)
class OldLinks:
    """Private links that may have been made with an older key, and when the last of them ends."""

    count: int
    until: datetime | None


def found_by_older_keys() -> Iterator[uuid.UUID]:
    """Everybody whose indexes or search tokens are not those of the newest key."""
    return (person_id for person_id in _everybody() if not _is_up_to_date(person_id))


def reindex(person_id: uuid.UUID) -> bool:
    """Write what one person is found by, under the newest key; whether anything changed.

    Her row is held meanwhile: whoever corrects her number now comes before this, or after it.
    Raises `CannotDecrypt`.
    """
    with transaction.atomic():
        rows = Person.rows.filter(pk=person_id)
        person = rows.select_for_update(no_key=True).first()
        if person is None:
            return False
        before = person.indexes
        person.index()
        if person.indexes != before:
            rows.update(**person.indexes)
        return bool(person.keep_tokens()) or person.indexes != before


def make_findable(*, most: int | None = BATCH, **_: object) -> int:
    """Write the search tokens of people who have none yet; how many were given theirs.

    Their rows are older than the tokens. `most` bounds one round of the sweeper, None does all.
    """
    without = Person.rows.filter(search_tokens=None)
    # In any order: some have nothing to be found by, and must not stand before others for ever.
    ids = list(without.order_by("?").values_list("pk", flat=True)[:most])
    return sum(_try_to_reindex(person_id) for person_id in ids)


def _try_to_reindex(person_id: uuid.UUID) -> bool:
    try:
        return reindex(person_id)
    except CannotDecrypt:
        # `rotate_keys` names these; the others need not wait for them.
        return False


def note_newest_key(*, at: datetime) -> None:
    """Remember since when everything is written with the newest key."""
    here = centre.current()
    if here is not None and _in_use_since() is None:
        record(NEW_KEY, about=here, by=OPERATOR, at=at, key=newest_key())


def old_links(*, at: datetime) -> OldLinks:
    """The links in people's hands that end with the older keys of the ring.

    A link says nowhere with which key it was made: those from before the newest was noted count.
    """
    live = PrivateLink.rows.filter(revoked_at=None, expires_at__gt=at)
    if len(settings.FIELD_KEYS) == 1:
        return OldLinks(0, None)
    if since := _in_use_since():
        live = live.filter(created_at__lt=since)
    return OldLinks(live.count(), live.aggregate(last=Max("expires_at"))["last"])


def _in_use_since() -> datetime | None:
    here = centre.current()
    if here is None:
        return None
    noted = Event.objects.about(*about(here)).filter(verb=NEW_KEY, codes__key=newest_key())
    return noted.values_list("at", flat=True).first()


def _is_up_to_date(person_id: uuid.UUID) -> bool:
    try:
        person = Person.rows.get(pk=person_id)
    except Person.DoesNotExist:
        return True
    except CannotDecrypt:
        return False
    before = person.indexes
    person.index()
    had = set(person.search_tokens.values_list("kind", "digest"))
    return (had, before) == (tokens_of(person.said_by_callers()), person.indexes)


def _everybody() -> Iterator[uuid.UUID]:
    """Ids page by page: no cursor stays open over the writes."""
    ids = Person.rows.order_by("pk").values_list("pk", flat=True)
    page = list(ids[:BATCH])
    while page:
        yield from page
        page = list(ids.filter(pk__gt=page[-1])[:BATCH])
