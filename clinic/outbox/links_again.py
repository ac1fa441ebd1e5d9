"""Sending her private links again: to the address we have, never to one that was just typed.

Whether an address is known to us shows nowhere: not in the answer, not in the work done before it.
By phone nothing is sent; a colleague calls, for a text is read on a locked screen.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max

from clinic.audit.recording import Actor, record
from clinic.clock import URGENT_WITHIN_HOURS, add_business_time
from clinic.outbox.calls import Call, call_about, owe_call
from clinic.outbox.codes import CALL_ABOUT_LINKS, MAIL_LINKS, CallReason, MessageState
from clinic.outbox.handlers import TryLater
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.messages import tell_person
from clinic.outbox.models import Effect, EffectQuerySet, Message
from clinic.outbox.receipts import addresses_of, phone_of
from clinic.people.models import Person, PrivateLink, Reference
from clinic.people.models.findable import email_key
from clinic.people.open_requests import open_references
from clinic.people.references import link_for
from clinic.people.throttle import allow
from clinic.people.tokens import phone_digits
from clinic.places import centre
from clinic.places.models import ContactRole

ASKED: Final = 3
WINDOW: Final = timedelta(hours=1)
WAIT: Final = timedelta(seconds=1)


def ask_by_email(email: str, *, at: datetime) -> None:
    """Owe a mail to everybody who gave this address."""
    _ask(MAIL_LINKS, email_key(email), Person.rows.reached_by(emails=[email]), at=at)


def ask_by_phone(number: str, *, at: datetime) -> None:
    """Owe a call to everybody who gave this number."""
    people = Person.rows.reached_by(phones=[number])
    _ask(CALL_ABOUT_LINKS, phone_digits(number), people, at=at)


def _ask(kind: str, target: str, people: Iterable[Person], *, at: datetime) -> None:
    # One transaction and no hint to the worker, found or not: the time until the answer must not
    # tell a stranger whom we know. The sweeper pays it within seconds.
    with transaction.atomic():
        if allow("again.target", target, limit=ASKED, window=WINDOW, at=at):
            for person in people:
                _owe(kind, person, at=at, due_at=at + WAIT)


def _owe(kind: str, person: Person, *, at: datetime, due_at: datetime) -> None:
    """Once an hour for one person, however often somebody asks."""
    owe(Owed(kind, person, key=_hour(at), due_at=due_at), at=at)


def _hour(at: datetime) -> str:
    return f"{at:%Y%m%d%H}"


class NothingToSend(Exception):
    """She has no open request, or no e-mail."""


def send_again(person: Person, *, by: Actor, at: datetime) -> datetime | None:
    """A colleague sends her the links again; twice within the hour is once.

    When it was sent already within this hour; None where it is on its way now. What did not reach
    her does not count. Raises `NothingToSend`.
    """
    references = open_references(person)
    if not person.email or not references:
        raise NothingToSend(f"{person} has nothing to be sent.")
    this_hour = Effect.objects.filter(
        about_id=person.pk, key__startswith=f"{MAIL_LINKS}:{person.pk}:{_hour(at)}"
    )
    # Each that has ended without reaching her makes room for one more. Counted before anything is
    # looked at, and never what still waits: so two clicks at once make the same row.
    room = f"{_hour(at)}-{this_hour.ended().count()}"
    sent_at = _sent_at(this_hour, references)
    if sent_at is None and not this_hour.waiting().exists():
        with transaction.atomic():
            owe(Owed(MAIL_LINKS, person, key=room), at=at)
            record("send_link", about=person, by=by, at=at)
    return sent_at


def _sent_at(effects: EffectQuerySet, references: list[Reference]) -> datetime | None:
    """When one of these went out whose links still open; a link that was ended counts no more."""
    links = PrivateLink.rows.filter(reference__in=references)
    ended_at = links.aggregate(last=Max("revoked_at"))["last"]
    sent = Message.rows.filter(effect__in=effects, status=MessageState.SENT)
    if ended_at is not None:
        sent = sent.filter(sent_at__gt=ended_at)
    return sent.order_by("-sent_at").values_list("sent_at", flat=True).first()


def mail_links(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Mail her a link to each request she has open."""
    person = Person.rows.get(pk=about_id)
    references = open_references(person)
    if not references:
        return
    links = [link_for(one, at=at) for one in references]
    # Read after the links: one who corrects her address now ends them, or is read here.
    person.refresh_from_db()
    values = {
        "link": addresses_of(links),
        "reference": ", ".join(one.spoken for one in references),
        "phone": phone_of(ContactRole.MAIN),
    }
    tell_person(
        person,
        subject="link_again",
        effect_id=effect_id,
        values=values,
        call=_call(references[0], at=at),
        at=at,
        reason=CallReason.LINK,
    )


def call_about_links(*, effect_id: uuid.UUID, about_id: uuid.UUID, at: datetime) -> None:
    """Owe the call in which she hears her reference again, for each request she has open."""
    person = Person.rows.get(pk=about_id)
    for reference in open_references(person):
        call = _call(reference, at=at)
        # Asked again another day, it is another call.
        owe_call(call, person=person, reason=CallReason.LINK, at=at, key=str(effect_id))


def _call(reference: Reference, *, at: datetime) -> Call:
    due_at = add_business_time(at, URGENT_WITHIN_HOURS, centre.schedule())
    call = call_about(reference.about_kind, reference.about_id, due_at=due_at)
    if call is None:
        raise TryLater("nobody")
    return call
