"""What a coordinator reads about a referral: contact, answers, reasons, why her, what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.audit.models import Event
from clinic.audit.recording import about
from clinic.people.consents import has
from clinic.people.intake import contact_person, possible_duplicates
from clinic.people.models import User
from clinic.people.models.attempt import AttemptResult
from clinic.people.models.person import ConsentKind
from clinic.people.references import reference_of, references_of
from clinic.people.urgency.alarms import wrote_urgently
from clinic.people.urgency.ending import still_owes_urgent_call
from referrals.desk.codes import REFERRAL, Outcome, ReferralStatus
from referrals.desk.models import Referral
from referrals.screening.explaining import answers_of, explain
from referrals.trials.codes import DutyCode, LocalStatus

VERBS: Final = {
    "receive": _("Given to a colleague"),
    "accept": _("Taken"),
    "attempt": _("Tried to reach her"),
    "reach": _("In contact"),
    "hold": _("Put on hold"),
    "resume": _("Goes on"),
    "close": _("Closed"),
    "change_mind": _("Changed her mind"),
    "take_over": _("Taken over from"),
    "hand_over": _("Handed over to"),
}
ACTORS: Final = {"system": _("the system"), "person": _("the patient or her helper")}
TIERS: Final = {**dict(DutyCode.choices), "office": _("studies office")}


def page_of(referral: Referral, *, reader: User, at: datetime) -> dict[str, Any]:
    """The context of the referral's page."""
    case = referral.case
    return {
        "referral": referral,
        "case": case,
        "person": case.person,
        "contact": contact_person(case.person),
        "helper": case.person.helpers.select_related("person").first(),
        "reference": reference_of(case.pk),
        "shared": has(case.person, ConsentKind.SHARE, at=at),
        "answers": answers_of(case.pk),
        "explanations": explain(referral.pk),
        "duplicates": references_of(possible_duplicates(case.person)),
        "study_status": _study_status(referral, at),
        "others": case.referrals.exclude(pk=referral.pk).select_related("study", "coordinator"),
        "attempts": referral.attempts.select_related("by"),
        "wrote_urgently": wrote_urgently(*about(case), at=at),
        "owes_urgent_call": still_owes_urgent_call(*about(case)),
        "why": why(referral),
        "history": history(referral),
        "can_accept": REFERRAL.allows(referral.status, ReferralStatus.ACCEPTED),
        "can_give": referral.is_open and referral.coordinator_id is not None,
        "can_take_over": _can_take_over(referral, reader),
        "can_hold": REFERRAL.allows(referral.status, ReferralStatus.ON_HOLD),
        "can_resume": referral.status == ReferralStatus.ON_HOLD,
        "can_close": REFERRAL.allows(referral.status, ReferralStatus.COMPLETED),
        "reader": reader,
        "now": at,
    }


def _can_take_over(referral: Referral, reader: User) -> bool:
    """While it only waits for a colleague, taking it is enough."""
    is_taken = referral.is_open and not REFERRAL.allows(referral.status, ReferralStatus.ACCEPTED)
    return is_taken and referral.coordinator_id != reader.pk


def _study_status(referral: Referral, at: datetime) -> str:
    """What a coordinator must know before calling: in words, empty for an open study."""
    if referral.study is None:
        return ""
    status = referral.study.effective_status(at=at)
    return "" if status == LocalStatus.OPEN else str(status.label)


def why(referral: Referral) -> str:
    """Why the router chose this colleague, in one sentence."""
    reason = referral.routing
    # Somebody else took it since: the reason is not hers.
    if not reason or reason["user"] != str(referral.coordinator_id):
        return ""
    speaks = reason["speaks_language"]
    spoken = gettext("speaks her language") if speaks else gettext("with an interpreter")
    return gettext(
        "%(tier)s, %(spoken)s, %(open)s of %(capacity)s open, %(considered)s considered"
    ) % {
        "tier": TIERS.get(reason["tier"], reason["tier"]),
        "spoken": spoken,
        "open": reason["open_count"],
        "capacity": reason["capacity"],
        "considered": reason["considered"],
    }


def history(referral: Referral) -> list[dict[str, Any]]:
    """The moves of this referral, oldest first, with names."""
    events = list(Event.objects.about(*about(referral)).exclude(verb="read"))
    ids = {event.actor_id for event in events if event.actor_kind == "staff"}
    ids |= {_other(event) for event in events} - {""}
    names = {str(user.pk): user.full_name for user in User.objects.filter(pk__in=ids)}
    return [
        {
            "at": event.at,
            "what": VERBS.get(event.verb, event.verb),
            "more": names.get(_other(event)) or _more(event),
            "who": names.get(event.actor_id, ACTORS.get(event.actor_kind, "")),
        }
        for event in events
    ]


def _other(event: Event) -> str:
    """The id of the other colleague of a hand-over; empty for what happened otherwise."""
    sides = {"take_over": "from", "hand_over": "to"}
    return str(event.codes[sides[event.verb]]) if event.verb in sides else ""


def _more(event: Event) -> str:
    """The code that tells most about an event, in words."""
    if event.verb == "attempt":
        return str(AttemptResult(event.codes["result"]).label)
    if event.verb == "close":
        return str(Outcome(event.codes["outcome"]).label)
    return ""
