"""What happens to a referral and its case, once somebody has asked (`asking.py`)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from clinic.audit.recording import ROUTER, Actor, about, record
from clinic.clock import call_due
from clinic.lifecycle import NotMoved, Step
from clinic.outbox import calls, dispatch
from clinic.outbox.ledger import Owed
from clinic.people.attempts import Try, columns_of, note_urgent_words
from clinic.people.changing_mind import at_her_word
from clinic.people.colleagues import accounts
from clinic.people.colleagues.hand_over import word_to
from clinic.people.models import User
from clinic.people.models.attempt import keep_once
from clinic.people.urgency.ending import void_all_but_urgent
from clinic.places import centre
from referrals.desk.codes import CASE, REFERRAL, TELL, CaseStatus, Outcome, ReferralStatus
from referrals.desk.handing import lock, lock_each, pass_case_on
from referrals.desk.models import Case, Referral, ReferralAttempt
from referrals.desk.routing import Given


def receive(chosen: Sequence[tuple[Referral, Given]], *, at: datetime) -> None:
    """Put each referral into a coordinator's hands; the first one also owns the case.

    Owes the coordinator a nudge and, once for the case, word to the person. One that a colleague
    took meanwhile, or that has ended, stays as it is. Raises `HasLeft`.
    """
    with transaction.atomic():
        users = accounts.keep_each({given.choice.user_id for _referral, given in chosen})
        lock_each({referral.case_id for referral, _given in chosen})
        steps = [
            _received(referral, given, word_to(users[given.choice.user_id], at=at))
            for referral, given in chosen
        ]
        events = REFERRAL.move_all(
            steps, to=ReferralStatus.RECEIVED, by=ROUTER, at=at, verb="receive"
        )
        _own({event.about_id for event in events})


def _received(referral: Referral, given: Given, word: Owed) -> Step:
    choice = given.choice
    return Step(
        referral,
        values={
            "coordinator_id": choice.user_id,
            "site_id": given.site_id,
            "routing": choice.as_codes(),
        },
        codes={"coordinator": str(choice.user_id), "tier": choice.tier},
        owing=[Owed(TELL, referral.case), word],
    )


def _own(referral_ids: Collection[uuid.UUID]) -> None:
    """Whoever has a referral of a case that nobody owns, owns it."""
    hers = Referral.rows.filter(case=OuterRef("pk"), pk__in=referral_ids).order_by("pk")
    bare = Case.rows.filter(referrals__in=referral_ids, owner__isnull=True)
    bare.update(owner=Subquery(hers.values("coordinator")[:1]))


def accept(referral: Referral, *, by: User, at: datetime) -> None:
    """A coordinator takes the referral; raises `Conflict` when somebody was faster."""
    _take(referral, by=by, at=at, owing=[Owed(TELL, referral.case)])


def _take(referral: Referral, *, by: User, at: datetime, owing: Sequence[Owed]) -> None:
    with transaction.atomic():
        accounts.keep(by.pk)
        lock(referral.case)
        # Given on since it was loaded, the case is with whoever has the referral now.
        referral.refresh_from_db(fields=["coordinator"])
        pass_case_on(referral, to=by)
        REFERRAL.move(
            referral,
            to=ReferralStatus.ACCEPTED,
            by=Actor.staff(by),
            at=at,
            verb="accept",
            values={"coordinator_id": by.pk},
            owing=owing,
        )


def log_attempt(referral: Referral, logged: Try, *, by: User, at: datetime) -> None:
    """Write down a try at reaching her and when the next is due; the same form twice is one.

    Who reached her has taken the referral, and the calls owed about her case are settled.
    """
    next_at = logged.next_at(at=at, schedule=centre.schedule())
    attempt = ReferralAttempt(referral=referral, **columns_of(logged, next_at, by=by, at=at))
    with transaction.atomic():
        if not keep_once(attempt):
            return
        # Before the referral: `close` takes the case first, too.
        note_urgent_words(referral.case, logged, by=by, at=at)
        record("attempt", about=referral, by=Actor.staff(by), at=at, result=logged.result)
        if logged.reached:
            _reached(referral, by=by, at=at)
        Referral.rows.filter(pk=referral.pk).update(next_at=next_at)


def _reached(referral: Referral, *, by: User, at: datetime) -> None:
    # A referral that moved meanwhile, or was in contact before, keeps the attempt all the same.
    with suppress(NotMoved):
        # Who has spoken with her has taken it, button or not: else it would wait, and soon be
        # overdue, for a call that was made.
        if REFERRAL.allows(referral.status, ReferralStatus.ACCEPTED):
            _take(referral, by=by, at=at, owing=[])
        # What is on hold stays there: a call does not open a study again.
        if referral.status == ReferralStatus.ACCEPTED:
            to = ReferralStatus.IN_PROGRESS
            REFERRAL.move(referral, to=to, by=Actor.staff(by), at=at, verb="reach")
    # After the referral, as in `close`: the other way round the two would deadlock.
    kind, case_id = about(referral.case)
    calls.settle(about_kind=kind, about_id=case_id, by=Actor.staff(by), at=at)


def hold(referral: Referral, *, by: User, at: datetime) -> None:
    """Nothing can be done now, for example while the study is paused; the place is kept."""
    REFERRAL.move(
        referral,
        to=ReferralStatus.ON_HOLD,
        by=Actor.staff(by),
        at=at,
        verb="hold",
        values={"next_at": None},
    )


def resume(referral: Referral, *, by: User, at: datetime) -> None:
    """It goes on; somebody gets in touch with her within a working day."""
    next_at = call_due(treatment_on=None, at=at, schedule=centre.schedule())
    REFERRAL.move(
        referral,
        to=ReferralStatus.IN_PROGRESS,
        by=Actor.staff(by),
        at=at,
        verb="resume",
        values={"next_at": next_at},
    )


def close(referral: Referral, *, outcome: Outcome, by: User, at: datetime) -> None:
    """End the referral with its outcome; with the last one the case ends too."""
    with transaction.atomic():
        lock(referral.case)
        REFERRAL.move(
            referral,
            to=ReferralStatus.COMPLETED,
            by=Actor.staff(by),
            at=at,
            verb="close",
            values={"outcome": outcome, "ended_at": at},
            codes={"outcome": outcome},
        )
        _void_effects(referral, at=at)
        if _close_case_if_done(referral.case, by=Actor.staff(by), at=at):
            kind, case_id = about(referral.case)
            dispatch.void(about_kind=kind, about_id=case_id, at=at)
            calls.void(about_kind=kind, about_id=case_id, by=Actor.staff(by), at=at)


def change_mind(case: Case, *, by: Actor, at: datetime) -> None:
    """She no longer wants it: every referral ends, everything owed is void but one call.

    That about urgent words. Safe to repeat.
    """
    at_her_word(case, lambda: _cancel(case, by=by, at=at), by=by, at=at)


def _cancel(case: Case, *, by: Actor, at: datetime) -> None:
    lock(case)
    for referral in case.referrals.waiting():
        REFERRAL.move(
            referral,
            to=ReferralStatus.CANCELLED,
            by=by,
            at=at,
            verb="change_mind",
            values={"ended_at": at},
        )
        _void_effects(referral, at=at)
    if _close_case_if_done(case, by=by, at=at):
        kind, case_id = about(case)
        void_all_but_urgent(about_kind=kind, about_id=case_id, by=by, at=at)


def _close_case_if_done(case: Case, *, by: Actor, at: datetime) -> bool:
    if any(one.is_open for one in case.referrals.all()):
        return False
    CASE.move(case, to=CaseStatus.CLOSED, by=by, at=at, verb="close", values={"ended_at": at})
    return True


def _void_effects(referral: Referral, *, at: datetime) -> None:
    kind, referral_id = about(referral)
    dispatch.void(about_kind=kind, about_id=referral_id, at=at)
