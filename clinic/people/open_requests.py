"""Which requests somebody has open with us: her own, and those of whom she helps."""

from __future__ import annotations

from django.db.models import Q

from clinic.people.models import Person, Reference
from clinic.people.models.asking import PersonRequest
from clinic.people.requests import kind_for


def open_references(person: Person) -> list[Reference]:
    """The references of her open requests, oldest first; those of a wing left out are none."""
    hers = Q(person=person) | Q(person__helpers__person=person)
    rows = Reference.rows.select_related("person").filter(hers).distinct()
    return [one for one in rows if _is_open(one)]


def request_of(reference: Reference) -> PersonRequest:
    """The request behind a reference of `open_references`."""
    kind = kind_for(reference)
    assert kind is not None
    request: PersonRequest = kind.model._default_manager.get(pk=reference.about_id)
    return request


def _is_open(reference: Reference) -> bool:
    kind = kind_for(reference)
    return kind is not None and kind.holder(reference.about_id).is_open
