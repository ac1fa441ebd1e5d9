"""Keeping what the registry says: some records, one short transaction.

Refuses to touch anything local: a study's status, contacts and words here are not the registry's.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import transaction

from clinic.signing import epoch
from referrals.trials.models import RegistryRecord, RegistryVersion, Study
from referrals.trials.registry import RegistryFacts

TOLD: Final = ("sha256", "overall_status", "brief_title", "last_update_posted")
"""The columns of a record's row that its facts fill."""


class Outcome(StrEnum):
    """What an import did with one record."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class _Met:
    """A record's facts, its row, and how the two met."""

    facts: RegistryFacts
    row: RegistryRecord
    outcome: Outcome


def import_records(batch: Sequence[RegistryFacts], *, at: datetime) -> list[Outcome]:
    """Keep records and their versions, all or nothing; an outcome for each, in order.

    Each study stands in a batch once. Unchanged content moves `seen_at` and nothing else. Many
    records a transaction: a commit for each would cost more than all the rest of it.
    """
    assert len({facts.nct_id for facts in batch}) == len(batch), "a study stands there twice"
    with transaction.atomic():
        met = _meet(batch, at)
        _keep([one for one in met if one.outcome is not Outcome.UNCHANGED], at)
        unchanged = [one.row.pk for one in met if one.outcome is Outcome.UNCHANGED]
        RegistryRecord.objects.filter(pk__in=unchanged).update(seen_at=at)
    return [one.outcome for one in met]


def _meet(batch: Iterable[RegistryFacts], at: datetime) -> list[_Met]:
    # Two imports of one study at once: PostgreSQL waits on its row, SQLite at BEGIN IMMEDIATE; a
    # first sight by both is settled by the unique number. All in one order: each holding a row
    # that the other wants would deadlock.
    rows = RegistryRecord.objects.select_for_update().order_by("nct_id")
    known = {row.nct_id: row for row in rows.filter(nct_id__in=[one.nct_id for one in batch])}
    ordered = sorted(batch, key=lambda one: one.nct_id)
    fresh = {one.nct_id: _row(one, at) for one in ordered if one.nct_id not in known}
    RegistryRecord.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    known |= {row.nct_id: row for row in rows.filter(nct_id__in=fresh)}
    made = {row.pk for row in fresh.values()}
    pairs = [(facts, known[facts.nct_id]) for facts in batch]
    return [_Met(facts, row, _outcome(row, facts, made)) for facts, row in pairs]


def _row(facts: RegistryFacts, at: datetime) -> RegistryRecord:
    told = {name: getattr(facts, name) for name in TOLD}
    return RegistryRecord(nct_id=facts.nct_id, first_seen_at=at, seen_at=at, changed_at=at, **told)


def _outcome(row: RegistryRecord, facts: RegistryFacts, made: set[uuid.UUID]) -> Outcome:
    if row.pk in made:
        return Outcome.ADDED
    return Outcome.UNCHANGED if row.sha256 == facts.sha256 else Outcome.CHANGED


def _keep(met: Sequence[_Met], at: datetime) -> None:
    for one in met:
        for name in TOLD:
            setattr(one.row, name, getattr(one.facts, name))
        one.row.seen_at = one.row.changed_at = at
    changed = [one.row for one in met if one.outcome is Outcome.CHANGED]
    RegistryRecord.objects.bulk_update(changed, [*TOLD, "seen_at", "changed_at"])
    # A record that returns to an earlier content finds that version kept already.
    RegistryVersion.objects.bulk_create(
        [
            RegistryVersion(
                record=one.row, sha256=one.facts.sha256, raw=one.facts.canonical, received_at=at
            )
            for one in met
        ],
        ignore_conflicts=True,
        # PostgreSQL's driver quotes many large texts in one statement far more slowly than one.
        batch_size=1,
    )
    _tell_studies([one.row for one in met])


def _tell_studies(rows: Iterable[RegistryRecord]) -> None:
    # A study entered by hand meets its record; pages that list it must be built again.
    by_number = {row.nct_id: row for row in rows}
    for study in Study.objects.filter(nct_id__in=by_number, registry=None):
        Study.objects.filter(pk=study.pk, registry=None).update(registry=by_number[study.nct_id])
    if Study.objects.filter(registry__in=by_number.values()).exists():
        epoch.bump()
