"""Saying how things stand here: the status of a study, a cohort, a study at a site.

A plain fact with a name and a date, not a workflow: any status may follow any other. Refuses to
hold what becomes of the people who wait (the desk).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import models, transaction

from clinic.audit.recording import Actor, record
from clinic.people.models import User
from clinic.signing import epoch
from referrals.trials.codes import LocalStatus
from referrals.trials.models import Cohort, Study, StudySite


class StatusMoved(Exception):
    """Somebody else set or confirmed this status since the row was loaded."""


def confirm_status(row: Study | Cohort, *, status: LocalStatus, by: User, at: datetime) -> None:
    """Set the status here, or say that it still holds; either counts for 14 days.

    Raises `StatusMoved` when somebody was faster: two people who differ must talk.
    """
    before = row.local_status
    expected = {"local_status": before, "status_confirmed_at": row.status_confirmed_at}
    values = {"local_status": status, "status_confirmed_at": at, "status_confirmed_by": by}
    _compare_and_set(row, expected, values, by=by, at=at, codes={"from": before, "to": status})


def set_site_status(row: StudySite, *, status: LocalStatus, by: User, at: datetime) -> None:
    """Set whether a study takes people at one site; raises `StatusMoved`."""
    before = row.status
    codes = {"from": before, "to": status}
    _compare_and_set(row, {"status": before}, {"status": status}, by=by, at=at, codes=codes)


def _compare_and_set(
    row: models.Model,
    expected: Mapping[str, object],
    values: Mapping[str, object],
    *,
    by: User,
    at: datetime,
    codes: dict[str, str],
) -> None:
    rows = type(row)._default_manager.filter(pk=row.pk, **expected)
    with transaction.atomic():
        if rows.update(**values) != 1:
            raise StatusMoved(f"{row._meta.label_lower} {row.pk}")
        record("confirm_status", about=row, by=Actor.staff(by), at=at, **codes)
        # Pages and cards show what is open: they must be built again.
        epoch.bump()
    for name, value in values.items():
        setattr(row, name, value)
