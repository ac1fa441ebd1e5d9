"""What the desk tells the others at start."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from clinic.demo import samples
from clinic.outbox import handlers as outbox_handlers
from clinic.people import desk, drafts, requests, roles
from clinic.people.models import User
from clinic.people.phone import intake as phone_intake
from referrals.desk import handlers, phone, standing
from referrals.desk.codes import ROUTE, TELL
from referrals.desk.models import Referral
from referrals.desk.sample import load


def _count(user: User) -> int:
    return Referral.objects.visible_to(user).waiting().count()


def _due(user: User) -> list[datetime | None]:
    rows = Referral.objects.visible_to(user).waiting()
    return list(rows.values_list("next_at", flat=True))


def register() -> None:
    """Handlers, her page, the coordinators' list, sample people."""
    chosen = _("Choosing a coordinator for a referral")
    outbox_handlers.register(ROUTE, handlers.route, together=True, words=chosen)
    told = _("Telling a person who will call about studies")
    outbox_handlers.register(TELL, handlers.tell, slow=True, words=told)
    requests.register(standing.KIND)
    phone_intake.register(phone.KIND)
    drafts.register(phone.LOG)
    readers = (roles.COORDINATOR, roles.LEAD)
    desk.register(
        desk.DeskRow(_("Referrals"), "desk:list", readers, _count, order=5, due=_due, key="r")
    )
    for role in readers:
        roles.grant(role, "desk.view_referral")
    samples.register(60, load)
