"""Her request as steps: what is done, what is going on now, what comes after.

Refuses to promise an hour: only the request itself does.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clinic.people.requests import Standing

DECIDE = _("We talk it over, and you decide how it goes on")


@dataclass(frozen=True, slots=True)
class Step:
    """One line; `state` is "done", "now" or "next"."""

    label: StrOrPromise
    state: str
    text: StrOrPromise = ""


def next_steps(standing: Standing) -> list[Step]:
    """The steps of a request that is open, in their order."""
    sent = Step(_("We have your request"), "done")
    if standing.due_at is None:
        return [sent, Step(_("We have been in touch with you"), "done"), Step(DECIDE, "now")]
    if standing.contact.phone:
        now = Step(_("We call you"), "now", _("If we miss you, we try again."))
    else:
        now = Step(_("We write to you"), "now")
    return [sent, now, Step(DECIDE, "next")]
