"""How a case stands, in the words its person reads."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Min, Prefetch
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic.audit.recording import Actor, kind_of
from clinic.design.foreign_words import marked
from clinic.people import roles
from clinic.people.intake import people_to_reach
from clinic.people.models import RoleHeld, User
from clinic.people.models.staff import UserQuerySet
from clinic.people.requests import Holder, RequestKind, Standing
from clinic.places.models import ContactRole
from clinic.signing.kinds import SOURCE_LANGUAGE
from referrals.desk import handing, verbs
from referrals.desk.codes import ReferralStatus
from referrals.desk.models import Case, Referral
from referrals.trials.cards import cards_for


def standing(case_id: uuid.UUID, at: datetime) -> Standing:
    """Who calls, by when, and which studies she asked about."""
    referrals = Prefetch("referrals", Referral.rows.select_related("study__registry"))
    rows = Case.rows.select_related("person", "owner").prefetch_related(referrals)
    case = rows.get(pk=case_id)
    happened, next_step = _words(case)
    return Standing(
        happened=happened,
        next_step=next_step,
        caller=_caller(case),
        phone_role=ContactRole.TRIALS,
        due_at=case.due_at if case.waits_for_contact else None,
        is_open=case.is_open,
        people=people_to_reach(case.person),
        at=at,
        asked_for=_asked_for(case, at),
    )


def _caller(case: Case) -> str:
    # Nobody is promised a call from somebody who has left.
    if case.owner is None or not case.owner.is_active:
        return _("One of our research nurses")
    # Written once, in English, and no part of her name.
    if case.owner.job_title and get_language() == SOURCE_LANGUAGE:
        return f"{case.owner.full_name}, {case.owner.job_title}"
    return case.owner.full_name


def _words(case: Case) -> tuple[str, str]:
    if case.is_open:
        return (
            _("We have your request"),
            _(
                "We talk with you about the studies and answer your questions. "
                "Do not wait for us before starting treatment; tell your doctor you asked."
            ),
        )
    if case.statuses == {ReferralStatus.CANCELLED}:
        return (
            _("You have changed your mind"),
            _("We will not call you about this request. You can send a new one at any time."),
        )
    return (
        _("We have finished with this request"),
        _("Please call us if anything is still open for you."),
    )


def _asked_for(case: Case, at: datetime) -> tuple[str, ...]:
    studies = [one.study for one in case.referrals.all() if one.study]
    if not studies:
        return (_("A nurse looks for studies for you"),)
    cards = cards_for(studies, get_language() or "en", at)
    asked = (cards[study.pk] for study in studies)
    return tuple(marked(card.name, card.language) for card in asked)


def _change_mind(case_id: uuid.UUID, by: Actor, at: datetime) -> None:
    verbs.change_mind(Case.rows.get(pk=case_id), by=by, at=at)


def _staff_url(case_id: uuid.UUID, reader: User) -> str:
    # Of one case a colleague may see one referral and not another.
    rows = Referral.objects.visible_to(reader).filter(case=case_id)
    first = rows.order_by("created_at", "id").first()
    return reverse("desk:detail", kwargs={"referral_id": first.pk}) if first else ""


def _holder(case_id: uuid.UUID) -> Holder:
    case = Case.rows.select_related("owner").get(pk=case_id)
    next_at = case.referrals.waiting().aggregate(soonest=Min("next_at"))["soonest"]
    return Holder(case.owner, next_at, case.is_open)


def _case_of(referral_id: uuid.UUID) -> uuid.UUID | None:
    return Referral.rows.filter(pk=referral_id).values_list("case_id", flat=True).first()


def _takers(at: datetime) -> UserQuerySet:
    holders = RoleHeld.objects.filter(role__in=(roles.COORDINATOR, roles.LEAD)).values("user")
    return User.objects.get_queryset().filter(pk__in=holders, is_active=True).present(at=at)


KIND = RequestKind(
    model=Case,
    standing=standing,
    change_mind=_change_mind,
    staff_url=_staff_url,
    holder=_holder,
    team=roles.LEAD,
    label=_lazy("Referrals"),
    held=handing.held,
    takers=_takers,
    hand_over=handing.hand_over_all,
    parts={kind_of(Referral): _case_of},
)
