"""Keeping what the registry says: one record, one short transaction.

Refuses to touch anything local: a study's status, contacts and words here are not the registry's.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from clinic.signing import epoch
from referrals.trials.models import RegistryRecord, RegistryVersion, Study
from referrals.trials.registry import RegistryFacts


class Outcome(StrEnum):
    """What an import did with one record."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def import_record(facts: RegistryFacts, *, at: datetime) -> Outcome:
    """Keep one record and its version; unchanged content moves `seen_at` and nothing else."""
    with transaction.atomic():
        record, is_new = _locked(facts, at)
        if not is_new and record.sha256 == facts.sha256:
            RegistryRecord.objects.filter(pk=record.pk).update(seen_at=at)
            return Outcome.UNCHANGED
        _keep(record, facts, at)
        return Outcome.ADDED if is_new else Outcome.CHANGED


def _locked(facts: RegistryFacts, at: datetime) -> tuple[RegistryRecord, bool]:
    # Two imports of one study at once: PostgreSQL waits on this row, SQLite at BEGIN IMMEDIATE;
    # a first sight by both is settled by the unique number.
    return RegistryRecord.objects.select_for_update().get_or_create(
        nct_id=facts.nct_id,
        defaults={
            "sha256": facts.sha256,
            "first_seen_at": at,
            "seen_at": at,
            "changed_at": at,
        },
    )


def _keep(record: RegistryRecord, facts: RegistryFacts, at: datetime) -> None:
    record.sha256 = facts.sha256
    record.overall_status = facts.overall_status
    record.brief_title = facts.brief_title
    record.last_update_posted = facts.last_update_posted
    record.seen_at = record.changed_at = at
    record.save()
    # A record that returns to an earlier content finds that version kept already.
    RegistryVersion.objects.get_or_create(
        record=record,
        sha256=facts.sha256,
        defaults={"raw": facts.canonical, "received_at": at},
    )
    _tell_study(record)


def _tell_study(record: RegistryRecord) -> None:
    # A study entered by hand meets its record; pages that list it must be built again.
    Study.objects.filter(nct_id=record.nct_id, registry=None).update(registry=record)
    if Study.objects.filter(registry=record).exists():
        epoch.bump()
