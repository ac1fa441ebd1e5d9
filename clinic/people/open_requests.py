"""Which requests somebody has with us: her own, and those of whom she helps."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from clinic.people.models import Person, Reference
from clinic.people.models.asking import PersonRequest
from clinic.people.requests import kind_for


def open_references(person: Person) -> list[Reference]:
    """The references of her open requests, oldest first; those of a wing left out are none."""
    return [one for one in _references(person) if _is_open(one)]


def newest_reference(person: Person) -> Reference | None:
    """The reference of her newest request, also of one that has ended."""
    rows = _references(person).order_by("-created_at", "id")
    return next((one for one in rows if kind_for(one) is not None), None)


def _references(person: Person) -> QuerySet[Reference]:
    hers = Q(person=person) | Q(person__helpers__person=person)
    return Reference.rows.select_related("person").filter(hers).distinct()


def request_of(reference: Reference) -> PersonRequest:
    """The request behind a reference of the two above."""
    kind = kind_for(reference)
    assert kind is not None
    request: PersonRequest = kind.model._default_manager.get(pk=reference.about_id)
    return request


def _is_open(reference: Reference) -> bool:
    kind = kind_for(reference)
    return kind is not None and kind.holder(reference.about_id).is_open
