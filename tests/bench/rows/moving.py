"""A status move with its event, beside the UPDATE and the INSERT that it cannot do without."""

from __future__ import annotations

import uuid
from itertools import cycle

from django.db import connection, transaction
from django.utils import timezone

from clinic.audit.recording import Actor
from referrals.desk.codes import REFERRAL, ReferralStatus
from referrals.desk.models import Referral
from tests.bench.measuring import Contest, nothing, often
from tests.bench.results import Limit, Result
from tests.bench.setting import Setting

UPDATE = "UPDATE desk_referral SET status = %s WHERE id = %s"
INSERT = (
    "INSERT INTO audit_event (id, at, actor_kind, actor_id, verb, about_kind, about_id, codes)"
    " VALUES (%s, %s, 'system', 'bench', 'hold', 'desk.referral', %s, '{}')"
)


def move(setting: Setting) -> Result:
    """On hold and back, on a real row; on this process's own connection to the same database."""
    seconds = setting.count(full=500, quick=50) / 1000
    contest = Contest(nothing, often(_ours(), seconds=seconds), often(_floor(), seconds=seconds))
    ours, floor = contest.run(rounds=setting.count(full=15, quick=3))
    found = Result("move a status, with its event", "UPDATE and INSERT alone", ours, floor)
    found.limits.append(Limit("times the floor by the wall", found.wall_ratio, 3.0))
    return found


def _held() -> Referral:
    return Referral.rows.select_related("coordinator").filter(status=ReferralStatus.ON_HOLD)[0]


def _ours():
    row = _held()
    assert row.coordinator is not None
    by = Actor.staff(row.coordinator)
    turns = cycle([(ReferralStatus.IN_PROGRESS, "resume"), (ReferralStatus.ON_HOLD, "hold")])

    def step() -> None:
        to, verb = next(turns)
        now = timezone.now()
        REFERRAL.move(row, to=to, by=by, at=now, verb=verb, values={"next_at": now})

    return step


def _floor():
    of = _id(_held().pk)
    turns = cycle([ReferralStatus.IN_PROGRESS, ReferralStatus.ON_HOLD])

    def step() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(UPDATE, [str(next(turns)), of])
            cursor.execute(INSERT, [_id(uuid.uuid4()), timezone.now(), of])

    return step


def _id(value: uuid.UUID) -> str:
    """As this database keeps it."""
    return value.hex if connection.vendor == "sqlite" else str(value)
