"""Paying what cases and referrals owe: a coordinator, word to the person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

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


def route(*, about_ids: Sequence[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Choose the coordinators of new referrals; those referrals that need nobody any more."""
    rows = Referral.rows.filter(pk__in=about_ids).select_related("case__person", "study")
    # What choosing asks for; the rest of her file stays sealed.
    waiting = rows.filter(status=ReferralStatus.REQUESTED)
    waiting = waiting.only("status", "case__person__language", "study__id")
    router = routing.Router(at=at)
    asked = [(referral, router.choose(referral)) for referral in waiting.order_by("case", "pk")]
    try:
        verbs.receive([(referral, given) for referral, given in asked if given], at=at)
    except HasLeft as error:
        raise TryLater("left") from error
    return set(about_ids) - {referral.pk for referral, given in asked if given is None}


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
