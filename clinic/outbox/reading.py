"""What a colleague reads about the calls she owes."""

from __future__ import annotations

from typing import Any

from clinic.outbox.models import CallTask
from clinic.people.models import Helper, Reference, User
from clinic.people.requests import staff_url


def call_rows(tasks: list[CallTask]) -> list[dict[str, Any]]:
    """For each call: the task, the reference, where its request is, the helper if there is one.

    Whoever owes a call may know these of it, also where she does not see the request itself.
    """
    references = Reference.rows.filter(about_id__in=[one.about_id for one in tasks])
    codes = {reference.about_id: reference for reference in references}
    helping = Helper.rows.filter(person__in=[one.person_id for one in tasks])
    helpers = {helper.person_id: helper for helper in helping}
    return [
        {
            "task": task,
            "reference": codes.get(task.about_id),
            "url": staff_url(task.about_kind, task.about_id),
            "helper": helpers.get(task.person_id),
        }
        for task in tasks
    ]


def calls_of(user: User) -> list[CallTask]:
    """What she owes, soonest due first."""
    return list(CallTask.objects.visible_to(user).open().select_related("person")[:100])
