"""What those who look after the queue read of it; nothing here is about anybody."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.outbox.codes import EffectState, Pulse
from clinic.outbox.handlers import in_words
from clinic.outbox.models import Effect, EffectQuerySet
from clinic.outbox.watch import ages, alerts, state
from clinic.outbox.watch.forms import ResolveForm
from clinic.outbox.watch.whom import Concerned, concerned
from clinic.people import requests
from clinic.people.desk import DeskNotice
from clinic.people.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN: Final = 100
LATE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Sign:
    """One line about something that should give signs of life; `tag` is the colour of `word`."""

    label: StrOrPromise
    word: StrOrPromise
    tag: str
    age: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """One effect in quarantine, the form that settles it, and whom to ask about which request.

    `url` leads to the request for who may see it.
    """

    effect: Effect
    words: str
    url: str
    form: ResolveForm
    concerned: list[Concerned]


def count(_user: User) -> int:
    """How many things need a person."""
    return Effect.objects.filter(state=EffectState.QUARANTINED).count()


def given_up(user: User, *, sent: Mapping[uuid.UUID, ResolveForm]) -> list[GivenUp]:
    """What has been in quarantine longest; `sent` are forms that came back with an error."""
    return [
        GivenUp(
            effect,
            in_words(effect.kind),
            requests.staff_url(effect.about_kind, effect.about_id, reader=user),
            sent.get(effect.pk) or ResolveForm(prefix=str(effect.pk)),
            concerned(effect),
        )
        for effect in _longest()
    ]


def _longest() -> EffectQuerySet:
    rows = Effect.objects.filter(state=EffectState.QUARANTINED)
    return rows.order_by("ended_at", "id")[:SHOWN]


def signs(found: state.QueueState) -> list[Sign]:
    """Sweeper, worker and fast path, each in words."""
    needs_broker = {Pulse.WORKER, Pulse.FAST_PATH}
    return [
        _sign(pulse, age)
        if found.has_broker or pulse not in needs_broker
        else Sign(pulse.label, _("not used here"), "", "")
        for pulse, age in found.ages.items()
    ]


def _sign(pulse: Pulse, age: timedelta | None) -> Sign:
    if age is None:
        return Sign(pulse.label, _("never seen"), "urgent", "")
    ago = _("last sign of life %(age)s ago") % {"age": ages.in_words(age)}
    if state.is_silent(age):
        return Sign(pulse.label, _("silent"), "urgent", ago)
    if age > LATE:
        return Sign(pulse.label, _("late"), "warning", ago)
    return Sign(pulse.label, _("alive"), "good", ago)


def notice(user: User, at: datetime) -> DeskNotice | None:
    """One line on the staff index: always for who looks after the queue, else when it is late."""
    found = state.look(at=at)
    if user.has_role(*alerts.KEEPERS):
        return DeskNotice(
            _how_it_is(found),
            is_warning=bool(found.troubles or found.quarantined),
            url=reverse("queue:list"),
            action=_("Look at the queue"),
        )
    if found.troubles:
        return DeskNotice(_("Messages may be late; your lists are complete."), is_warning=True)
    return None


def _how_it_is(found: state.QueueState) -> str:
    sentences = [str(trouble.label) for trouble in found.troubles]
    if found.quarantined:
        sentences.append(
            ngettext(
                "%(n)d thing could not be done and needs a person.",
                "%(n)d things could not be done and need a person.",
                found.quarantined,
            )
            % {"n": found.quarantined}
        )
    return " ".join(sentences) or _("Messages and routing run well.")


def notice_of_mine(user: User, _at: datetime) -> DeskNotice | None:
    """One line about what was given up for requests in her hands: she calls, or asks a keeper."""
    waiting = [one for effect in _longest() for one in concerned(effect) if one.owner == user]
    if not waiting:
        return None
    spoken = ", ".join(dict.fromkeys(one.reference.spoken for one in waiting))
    text = _("Something could not be done by itself for %(references)s. Please look, and call.")
    return DeskNotice(
        text % {"references": spoken},
        is_warning=True,
        url=waiting[0].url(reader=user),
        action=_("Look at the request"),
    )
