"""Sealed values under older keys: counting them, and sealing them anew while the site runs.

Walks every table of every room by its sealed columns, so that a new column is in it from its first
day. Refuses to know what a value means, and what else was made with a key: that is in
`people/find/reindexing.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F
from django.db.models.functions import Left
from django.db.models.lookups import Exact

from clinic.encryption import CannotDecrypt, Sealed, SealedField, newest_key, seal_anew

BATCH: Final = 200
ELSEWHERE: Final = "?"
"""Stands for every key that is not in the ring: what it sealed cannot be read."""
# As it lies in the database: neither opened when read nor sealed when written.
_AS_STORED: Final[models.TextField[str, str]] = models.TextField()


@dataclass(frozen=True, slots=True)
class Done:
    """What became of the values of one column that stood under older keys."""

    anew: int
    unreadable: int


def sealed_columns() -> Iterator[SealedField[Any, Any]]:
    """Every sealed column of every table."""
    for model in apps.get_models():
        if not model._meta.proxy:
            yield from (one for one in model._meta.local_fields if isinstance(one, SealedField))


def under_older_keys(column: SealedField[Any, Any]) -> dict[str, int]:
    """How many values of a column stand under each key but the newest; none is left out."""
    waiting = _waiting(column)
    older = [one for one in settings.FIELD_KEYS if one != newest_key()]
    counts = {one: waiting.filter(_is_under(one)).count() for one in older}
    counts[ELSEWHERE] = waiting.count() - sum(counts.values())
    return {key_id: count for key_id, count in counts.items() if count}


def seal_column_anew(column: SealedField[Any, Any]) -> Done:
    """Seal every value that stands under an older key with the newest one.

    Row by row and without a transaction around them: no row is held while another is waited for.
    May be stopped and started again at any point.
    """
    anew = unreadable = 0
    for pk, stored in _pages(column):
        try:
            anew += _replace(column, pk, stored, seal_anew(stored, place=column.place))
        except CannotDecrypt:
            unreadable += 1
    return Done(anew, unreadable)


def _rows(column: SealedField[Any, Any]) -> models.QuerySet[Any]:
    """The rows of a column's table, each with the text as it lies there."""
    raw = ExpressionWrapper(F(column.name), output_field=_AS_STORED)
    rows: models.QuerySet[Any] = models.QuerySet(column.model).annotate(stored=raw)
    return rows


def _is_under(key_id: str) -> Exact[Any]:
    # Not `startswith`: SQLite's LIKE takes "K1$" and "k1$" for one.
    head = f"{key_id}$"
    return Exact(Left("stored", len(head)), head)


def _waiting(column: SealedField[Any, Any]) -> models.QuerySet[Any]:
    """Rows whose value stands under another key than the newest."""
    filled = _rows(column).exclude(stored="").exclude(stored=None)
    return filled.exclude(_is_under(newest_key()))


def _replace(column: SealedField[Any, Any], pk: Any, before: str, after: str) -> int:
    # Only over what was read: whoever wrote in between has sealed it with the newest key herself.
    rows = _rows(column).filter(pk=pk, stored=before)
    return rows.update(**{column.name: Sealed(after)})


def _pages(column: SealedField[Any, Any]) -> Iterator[tuple[Any, str]]:
    """Primary key and stored text, page by page: no cursor stays open over the writes."""
    waiting = _waiting(column).order_by("pk").values_list("pk", "stored")
    page = list(waiting[:BATCH])
    while page:
        yield from page
        page = list(waiting.filter(pk__gt=page[-1][0])[:BATCH])
