"""What a colleague reads about the calls she owes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from clinic.outbox.models import CallTask
from clinic.people.consents import who_gave
from clinic.people.models import Helper, Person, Reference, User
from clinic.people.models.person import ConsentKind
from clinic.people.requests import staff_url


def call_rows(tasks: list[CallTask], *, reader: User, at: datetime) -> list[dict[str, Any]]:
    """For each call: the task, the reference, where its request is, the helper if there is one.

    And whether she gets text messages, so that she can end them on the phone.

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
        }
        for task in tasks
    ]


def calls_of(user: User) -> list[CallTask]:
    """What she owes, and what colleagues of her team cannot make now; soonest due first."""
    rows = CallTask.objects.visible_to(user).open().select_related("person", "assigned_to")
    return list(rows[:100])


def person_for(user: User, person_id: uuid.UUID) -> Person | None:
    """Somebody of a request that a colleague sees, or whom she owes a call."""
    person = Person.objects.visible_to(user).filter(pk=person_id).first()
    if person is not None:
        return person
    task = CallTask.objects.visible_to(user).select_related("person").filter(person=person_id)
    found = task.first()
    return found.person if found else None
