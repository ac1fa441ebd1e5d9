"""Roles of colleagues and what each may do in the admin.

A role's permissions are code, not rows: what an editor may touch is reviewed like any other rule.
Seeing a person is never a permission; each model's `visible_to` decides that row by row.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a colleague does here; she may hold several."""

    COORDINATOR = "coordinator", _("study coordinator")
    LEAD = "lead", _("trials office lead")
    SCHEDULER = "scheduler", _("scheduler")
    EDITOR = "editor", _("editor")
    REVIEWER = "reviewer", _("reviewer")
    ADMINISTRATOR = "administrator", _("administrator")


COORDINATOR: Final = Role.COORDINATOR
LEAD: Final = Role.LEAD
SCHEDULER: Final = Role.SCHEDULER
EDITOR: Final = Role.EDITOR
REVIEWER: Final = Role.REVIEWER
ADMINISTRATOR: Final = Role.ADMINISTRATOR
CALLERS: Final = (COORDINATOR, LEAD, SCHEDULER)
"""Who calls people, and so may hold a request or owe a call."""

_GRANTED: Final[defaultdict[str, set[str]]] = defaultdict(set)


def grant(role: str, *permissions: str) -> None:
    """Let a role use Django permissions such as `places.change_centre`."""
    _GRANTED[role].update(permissions)


def granted(roles: frozenset[str]) -> frozenset[str]:
    """All permissions of a set of roles."""
    return frozenset(one for role in roles for one in _GRANTED[role])


def crud(app_label: str, *models_: str) -> tuple[str, ...]:
    """View, add, change and delete permissions of models, for `grant`."""
    actions = ("view", "add", "change", "delete")
    return tuple(f"{app_label}.{action}_{model}" for model in models_ for action in actions)
