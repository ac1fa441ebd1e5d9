"""No more text messages: by STOP, or said to a colleague; at once, and for good until she agrees.

Whoever has the same number is meant, too (47 CFR 64.1200(a)(10): any reasonable means). It ends
texts and nothing else: the request goes on, and what a text should have said is a call.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from clinic.audit.recording import Actor
from clinic.outbox.calls import call_about
from clinic.outbox.codes import TEXT_RECEIVED, EffectState
from clinic.outbox.dispatch import EFFECT
from clinic.outbox.models import Effect
from clinic.outbox.receipts import call_unless_mailed
from clinic.people import consents
from clinic.people.intake import contact_person
from clinic.people.models import Person, Reference
from clinic.people.models.person import ConsentKind
from clinic.people.open_requests import open_references
from clinic.people.requests import kind_for


def people_with(number: str) -> list[Person]:
    """Everybody who gave this number, in whatever spelling."""
    return list(Person.rows.reached_by(phones=[number]))


@transaction.atomic
def stop_texts(people: Collection[Person], *, by: Actor, at: datetime) -> bool:
    """Nobody of them gets texts any more; False when nobody did. Safe to repeat."""
    ended = consents.take_back(people, ConsentKind.SMS, by=by, at=at)
    for person in people:
        _void_owed_texts(person, at=at)
    return ended > 0


def _void_owed_texts(person: Person, *, at: datetime) -> None:
    for reference in open_references(person):
        if contact_person(reference.person) != person:
            continue
        owed = Effect.objects.about(reference.about_kind, reference.about_id)
        for effect in owed.filter(kind=TEXT_RECEIVED, state=EffectState.PENDING):
            # False: a worker has just claimed it; before it sends, it asks for the consent again.
            if EFFECT.compare_and_set(effect, to=EffectState.VOID, ended_at=at):
                _call_instead(reference, person, at=at)


def _call_instead(reference: Reference, person: Person, *, at: datetime) -> None:
    kind = kind_for(reference)
    due_at = kind.standing(reference.about_id, at).due_at if kind else None
    call = call_about(reference.about_kind, reference.about_id, due_at=due_at) if due_at else None
    if call is not None:
        call_unless_mailed(call, person=person, at=at)
