"""Whom to ask, and about which request, where the machine gave something up.

The reference as it is spoken and who looks after it, and nothing else: those who keep the queue
may not see the requests themselves.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from clinic.audit.recording import kind_of
from clinic.encryption import CannotDecrypt
from clinic.outbox.models import CallTask, Effect
from clinic.people import requests
from clinic.people.models import Person, Reference, User
from clinic.people.open_requests import open_references


@dataclass(frozen=True, slots=True)
class Concerned:
    """One request, by its reference, and the colleague in whose hands it is."""

    reference: Reference
    owner: User | None

    def url(self, *, reader: User) -> str:
        """Where this colleague looks at it; empty if she may not."""
        about_kind, about_id = self.reference.about_kind, self.reference.about_id
        return requests.staff_url(about_kind, about_id, reader=reader)


def concerned(effect: Effect) -> list[Concerned]:
    """The requests that wait for an effect; none where it is about something else."""
    try:
        return [found for one in _references(effect) if (found := _held(one))]
    except CannotDecrypt:
        # A row that no key opens is itself a reason to give up, and must not be in the way of it.
        return []


def _references(effect: Effect) -> list[Reference]:
    if effect.about_kind == kind_of(Person):
        person = Person.rows.filter(pk=effect.about_id).first()
        return open_references(person) if person else []
    if effect.about_kind == kind_of(CallTask):
        task = CallTask.rows.filter(pk=effect.about_id).first()
        return _reference(task.about_kind, task.about_id) if task else []
    return _reference(effect.about_kind, effect.about_id)


def _reference(about_kind: str, about_id: uuid.UUID) -> list[Reference]:
    request_id = requests.request_behind(about_kind, about_id)
    return list(Reference.rows.filter(about_id=request_id)) if request_id else []


def _held(reference: Reference) -> Concerned | None:
    kind = requests.kind_for(reference)
    return Concerned(reference, kind.holder(reference.about_id).owner) if kind else None
