"""Paying what cases and referrals owe: a coordinator, word to the person, a nudge."""

from __future__ import annotations

import uuid
from datetime import datetime

from clinic.lifecycle import NotMoved
from clinic.outbox import receipts
from clinic.outbox.calls import Call
from clinic.outbox.handlers import TryLater
from clinic.outbox.models import Effect
from clinic.people.colleagues.accounts import HasLeft
from clinic.people.models import Reference
from clinic.places.models import ContactRole
from referrals.desk import routing, verbs
from referrals.desk.codes import ReferralStatus
from referrals.desk.models import Case, Referral


def route(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Choose the coordinator of a new referral."""
    rows = Referral.rows.select_related("case__person", "study")
    # What choosing asks for; the rest of her file stays sealed.
    referral = rows.only("status", "case__person__language", "study__id").get(pk=about_id)
    if referral.status != ReferralStatus.REQUESTED:
        return
    choice = routing.route(referral, at=at)
    if choice is None:
        raise TryLater("nobody")
    site = routing.site_of(choice.user_id, referral.study) if referral.study else None
    try:
        verbs.receive(referral, choice=choice, site=site, at=at)
    except HasLeft as error:
        raise TryLater("left") from error
    except NotMoved:
        # A coordinator took it, or she changed her mind, while we were choosing.
        return


def tell(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Tell the person who will call and by when; a later word says it better."""
    if Effect.objects.waiting().after(effect_id).exists():
        return
    case = Case.rows.select_related("person", "owner").get(pk=about_id)
    if case.is_open and case.owner:
        receipts.tell_received(
            Reference.rows.select_related("person").get(about_id=about_id),
            call=Call(about=case, assigned_to=case.owner, due_at=case.due_at),
            phone_role=ContactRole.TRIALS,
            effect_id=effect_id,
            at=at,
        )


def nudge(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Tell the coordinator that something waits."""
    referral = Referral.rows.select_related("coordinator").get(pk=about_id)
    if referral.is_open and referral.coordinator:
        receipts.nudge(referral.coordinator, effect_id=effect_id, at=at)
