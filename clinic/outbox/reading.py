"""What a colleague reads about the calls she owes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from clinic.outbox.codes import CallReason
from clinic.outbox.models import CallTask
from clinic.people import requests, seeing
from clinic.people.consents import who_gave
from clinic.people.models import Helper, Person, Reference, User
from clinic.people.models.person import ConsentKind
from clinic.people.requests import staff_url


def call_rows(tasks: list[CallTask], *, reader: User, at: datetime) -> list[dict[str, Any]]:
    """For each call: the task, the reference, where its request is, the helper if there is one.

    And whether she gets text messages, so that she can end them on the phone, and whether her
    request has ended, so that she is called only about what she wrote.

    Whoever owes a call may know these of it, also where she does not see the request itself.
    """
    references = Reference.rows.filter(about_id__in=[one.about_id for one in tasks])
    codes = {reference.about_id: reference for reference in references}
    helping = Helper.rows.filter(person__in=[one.person_id for one in tasks])
    helpers = {helper.person_id: helper for helper in helping}
    texted = who_gave([one.person_id for one in tasks], ConsentKind.SMS, at=at)
    return [
        {
            "task": task,
            "reference": codes.get(task.about_id),
            "url": staff_url(task.about_kind, task.about_id, reader=reader),
            "helper": helpers.get(task.person_id),
            "gets_texts": task.person_id in texted,
            "has_ended": _has_outlived_its_request(task),
        }
        for task in tasks
    ]


def _has_outlived_its_request(task: CallTask) -> bool:
    # Only these do; all others end with it.
    if task.reason != CallReason.URGENT:
        return False
    kind = requests.find(task.about_kind)
    return kind is not None and not kind.holder(task.about_id).is_open


def calls_of(user: User) -> list[CallTask]:
    """What she owes, and what colleagues of her team cannot make now; soonest due first."""
    return list(_owed_by(user)[:100])


def person_for(user: User, person_id: uuid.UUID) -> Person | None:
    """Somebody of a request that a colleague sees, or whom she owes a call now."""
    person = Person.objects.visible_to(user).filter(pk=person_id).first()
    if person is not None:
        return person
    task = _owed_by(user).filter(person=person_id).first()
    return task.person if task else None


def call_for(user: User, task_id: uuid.UUID) -> CallTask | None:
    """A call that she owes now: what was done or is void shows nothing of anybody any more."""
    return _owed_by(user).filter(pk=task_id).first()


def reference_for(user: User, about_id: uuid.UUID) -> Reference | None:
    """The reference of a request that a colleague sees, or about which she owes a call now."""
    seen = Reference.objects.visible_to(user).filter(about_id=about_id).first()
    if seen is not None:
        return seen
    owed = _owed_by(user).filter(about_id=about_id).values("about_id")
    return Reference.rows.filter(about_id__in=owed).first()


def _owed_by(user: User) -> QuerySet[CallTask]:
    return CallTask.objects.visible_to(user).open().select_related("person", "assigned_to")


def references_for(user: User, person: Person) -> list[Reference]:
    """The requests for which a colleague speaks with somebody: seen, or a call owed; newest first.

    Her own, and those of whom she helps; also one that has ended.
    """
    hers = Q(person=person) | Q(person__helpers__person=person)
    owed = CallTask.objects.visible_to(user).open().filter(person=person)
    is_theirs = seeing.requests(user) | Q(about_id__in=owed.order_by().values("about_id"))
    rows = Reference.rows.filter(hers & is_theirs).select_related("person").distinct()
    return list(rows.order_by("-created_at", "id"))
