"""The word every request owes: to the person that we have it, to the colleague that it waits."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy

from clinic.design.said_dates import said
from clinic.outbox import messages
from clinic.outbox.calls import Call, call_about, owe_call
from clinic.outbox.codes import TEXT_RECEIVED, CallReason
from clinic.outbox.handlers import PutOff, TryLater
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import Effect
from clinic.outbox.texting import words as sms
from clinic.people.intake import contact_person
from clinic.people.models import Person, PrivateLink, Reference, User
from clinic.people.models.asking import PersonRequest
from clinic.people.references import address_of, link_for
from clinic.people.requests import Standing, kind_for
from clinic.people.safe_contact import zone_of
from clinic.places import centre
from clinic.quiet_hours import may_ring, next_ring


def _lines(links: Iterable[PrivateLink]) -> str:
    return "\n".join(address_of(one) for one in links)


# Said only when the words around them are chosen, in their language: see `messages.said_in`.
_said_later = lazy(said, str)
addresses_of = lazy(_lines, str)
"""The full addresses of private links, one a line."""


def in_words(at: datetime) -> str:
    """An instant as people say it, in the centre's zone: Tuesday, November 24, 10 a.m."""
    return _said_later(timezone.localtime(at), "l, F j, P")


def in_few_words(at: datetime) -> str:
    """The same for a text message: Tue, Nov 24, 10 a.m."""
    return _said_later(timezone.localtime(at), "D, M j, P")


def phone_of(role: str) -> str:
    """The number of a role as it is shown; empty where there is none."""
    point = centre.contacts().get(role)
    return point.display if point else ""


def tell_received(
    reference: Reference, *, call: Call, phone_role: str, effect_id: uuid.UUID, at: datetime
) -> None:
    """Tell whoever is to be reached who will call and by when; with no way to, owe the call.

    By e-mail, and by text as well if she agreed to texts.
    """
    person = contact_person(reference.person)
    is_texted = sms.may_text(person, at=at)
    if is_texted:
        _owe_text(call.about, person, after=effect_id, at=at)
    link = addresses_of([link_for(reference, at=at)])
    # Read after the link: one who corrects her address now ends it, or is read here.
    person.refresh_from_db()
    values = {
        "caller": call.assigned_to.full_name,
        "due": in_words(call.due_at),
        "reference": reference.spoken,
        "link": link,
        "phone": phone_of(phone_role),
    }
    messages.tell_person(
        person,
        subject="request_received",
        effect_id=effect_id,
        values=values,
        call=call,
        at=at,
        is_texted=is_texted,
    )


def _owe_text(request: PersonRequest, person: Person, *, after: uuid.UUID, at: datetime) -> None:
    # An effect of its own, due when her phone may ring: the mail does not wait for the morning.
    # One for each word owed: after a hand-over, somebody else calls.
    due_at = next_ring(at, zone_of(person))
    with transaction.atomic():
        owe(Owed(TEXT_RECEIVED, request, key=str(after), due_at=due_at), at=at)


def text_received(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Text her that we have her request, unless somebody has spoken with her; not at night."""
    if Effect.objects.waiting().after(effect_id).exists():
        # Somebody else calls by now, and the later text names her.
        return
    reference = Reference.rows.select_related("person").get(about_id=about_id)
    kind = kind_for(reference)
    if kind is None:
        raise TryLater("no such kind")
    standing = kind.standing(about_id, at)
    if not standing.is_open or standing.due_at is None:
        return
    call = call_about(reference.about_kind, about_id, due_at=standing.due_at)
    if call is None:
        raise TryLater("nobody")
    zone = zone_of(standing.contact)
    if not may_ring(at, zone):
        # The sweeper came late, or she lives elsewhere than we thought.
        raise PutOff(next_ring(at, zone))
    _text(reference, standing, call, effect_id=effect_id, at=at)


def _text(
    reference: Reference, standing: Standing, call: Call, *, effect_id: uuid.UUID, at: datetime
) -> None:
    person = standing.contact
    values = {
        "caller": call.assigned_to.full_name,
        "due": in_few_words(call.due_at),
        "reference": reference.spoken,
        "phone": phone_of(standing.phone_role),
    }
    told = sms.tell(person, effect_id=effect_id, values=values, at=at)
    if told is False:
        messages.owe_call_instead(call, person=person, effect_id=effect_id, at=at)
    elif told is None:
        call_unless_mailed(call, person=person, at=at)


def call_unless_mailed(call: Call, *, person: Person, at: datetime) -> None:
    """The text that should have told her is not sent: somebody calls, unless she has e-mail."""
    if not person.email:
        owe_call(call, person=person, reason=CallReason.CONFIRM, at=at)


def nudge(user: User, *, effect_id: uuid.UUID, at: datetime) -> None:
    """Tell a colleague that something waits in her list, and nothing else."""
    link = settings.SITE_URL + reverse("staff:index")
    messages.tell_colleague(
        user, subject="colleague_new", effect_id=effect_id, values={"link": link}, at=at
    )
