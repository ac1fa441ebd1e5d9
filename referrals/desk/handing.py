"""Giving what one colleague looks after to another: one referral, or all that she holds.

Whoever holds a referral is who calls: her page and the calls owed name the new colleague from the
same commit on. Refuses to choose: routing does, or a colleague.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from clinic.audit.recording import Actor, about
from clinic.lifecycle import Conflict, MoveRefused
from clinic.outbox import calls
from clinic.outbox.ledger import Owed
from clinic.people.colleagues import accounts
from clinic.people.colleagues.hand_over import nudging
from clinic.people.models import User
from clinic.people.requests import NobodyElse
from referrals.desk import routing
from referrals.desk.codes import CASE, REFERRAL, TELL
from referrals.desk.models import Case, CaseQuerySet, Referral, ReferralQuerySet
from referrals.trials.models import Site


def lock(case: Case) -> None:
    """Hold the case until the transaction ends; before any of its referrals.

    Two coordinators closing the last two referrals at once must not each see the other's still
    open, and each holding one row and wanting the other's would deadlock. SQLite has one writer.
    """
    lock_each([case.pk])


def lock_each(case_ids: Collection[uuid.UUID]) -> None:
    """The same for many cases, in one order."""
    rows = Case.rows.filter(pk__in=case_ids).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def pass_case_on(referral: Referral, *, to: User) -> bool:
    """Make `to` the owner of the case and of its calls; False when it stays where it is.

    It stays while whoever had the referral looks after another study in the same case.
    """
    previous = referral.coordinator_id
    others = referral.case.referrals.waiting().exclude(pk=referral.pk)
    if previous is not None and others.filter(coordinator=previous).exists():
        return False
    kind, case_id = about(referral.case)
    free = Q(owner__isnull=True) | Q(owner=previous)
    if not Case.rows.filter(free, pk=case_id).update(owner=to):
        return False
    calls.hand_over(about_kind=kind, about_id=case_id, to=to)
    return True


def take_over(referral: Referral, *, by: User, at: datetime) -> None:
    """It is hers from now on; raises `Conflict` when somebody was faster."""
    _give(referral, to_id=by.pk, verb="take_over", by=by, at=at)


def hand_over(referral: Referral, *, to: User, by: User, at: datetime) -> None:
    """Give it to a colleague who may look after it; raises `MoveRefused` for another."""
    if not routing.takers(referral, at=at).filter(pk=to.pk).exists():
        raise MoveRefused(f"{to.pk} cannot look after referral {referral.pk}.", last=None)
    _give(referral, to_id=to.pk, verb="hand_over", by=by, at=at)


def _give(
    referral: Referral,
    *,
    to_id: uuid.UUID,
    verb: str,
    by: User,
    at: datetime,
    values: Mapping[str, Any] | None = None,
) -> None:
    if referral.coordinator_id is None:
        # The router would give it to somebody else a moment later.
        raise MoveRefused(f"Referral {referral.pk} is in nobody's hands yet.", last=None)
    with transaction.atomic():
        to = accounts.keep(to_id)
        lock(referral.case)
        is_named = pass_case_on(referral, to=to)
        REFERRAL.assign(
            referral,
            column="coordinator",
            to=to_id,
            by=Actor.staff(by),
            at=at,
            verb=verb,
            values={"site": _site(referral, to_id), **(values or {})},
            owing=[*nudging(to, by=by, at=at), *(_word(referral.case, at=at) if is_named else ())],
        )


def _site(referral: Referral, to_id: uuid.UUID) -> Site | None:
    # Whoever works at the same site keeps it there, in the sight of her colleagues.
    if referral.study is None:
        return None
    duties = routing.duties(referral.study).filter(user=to_id)
    if referral.site_id is not None and duties.filter(site=referral.site_id).exists():
        return referral.site
    return routing.site_of(to_id, referral.study) or referral.site


def _word(case: Case, *, at: datetime) -> list[Owed]:
    # Another name only matters to her while the promised call is still to come.
    waits = case.due_at > at and case.waits_for_contact
    return [Owed(TELL, case, key=at.isoformat())] if waits else []


def held(user: User) -> int:
    """How many open referrals, and cases without one, are in a colleague's hands."""
    return _referrals(user).count() + _bare_cases(user).count()


def hand_over_all(user: User, to: User | None, by: User, at: datetime) -> int:
    """Give all she holds to `to`, where he may look after it, else to whom the router chooses.

    Call inside a transaction that holds every account (`accounts.keep_all`).
    """
    given = sum(_pass_on(row, to=to, by=by, at=at) for row in list(_referrals(user)))
    return given + sum(_own_anew(case, user, by=by, at=at) for case in list(_bare_cases(user)))


def _referrals(user: User) -> ReferralQuerySet:
    rows = Referral.rows.waiting().filter(coordinator=user)
    # By case: every hand-over locks cases in the same order.
    return rows.select_related("case__person", "study", "site").order_by("case_id", "pk")


def _bare_cases(user: User) -> CaseQuerySet:
    mine = Referral.rows.waiting().filter(coordinator=user)
    open_cases = Case.rows.filter(owner=user, status__in=CASE.open)
    return open_cases.exclude(pk__in=mine.values("case")).order_by("pk")


def _pass_on(referral: Referral, *, to: User | None, by: User, at: datetime) -> bool:
    user_id = referral.coordinator_id
    values: dict[str, Any] = {}
    if to is None or not routing.takers(referral, at=at).filter(pk=to.pk).exists():
        given = routing.Router(at=at, without=user_id).choose(referral)
        if given is None:
            raise NobodyElse("referral")
        to_id, values = given.choice.user_id, {"routing": given.choice.as_codes()}
    else:
        to_id = to.pk
    try:
        _give(referral, to_id=to_id, verb="hand_over", by=by, at=at, values=values)
    except Conflict:
        # It ended, or a colleague took it, in between: it is in nobody's way.
        return False
    return True


def _own_anew(case: Case, user: User, *, by: User, at: datetime) -> bool:
    lock(case)
    held_by = case.referrals.waiting().filter(coordinator__is_active=True)
    first = held_by.exclude(coordinator=user).first()
    to_id = first.coordinator_id if first else _chosen(case, user, at=at)
    if to_id is None:
        raise NobodyElse("case")
    to = accounts.keep(to_id)
    owing = [*nudging(to, by=by, at=at), *_word(case, at=at)]
    actor = Actor.staff(by)
    try:
        CASE.assign(case, column="owner", to=to_id, by=actor, at=at, verb="hand_over", owing=owing)
    except Conflict:
        return False
    kind, case_id = about(case)
    calls.hand_over(about_kind=kind, about_id=case_id, to=to)
    return True


def _chosen(case: Case, user: User, *, at: datetime) -> uuid.UUID | None:
    # Nobody has any of it yet; the router gives out its referrals, and this is who calls.
    waiting = case.referrals.waiting().select_related("case__person", "study").first()
    given = routing.Router(at=at, without=user.pk).choose(waiting) if waiting else None
    return given.choice.user_id if given else None
