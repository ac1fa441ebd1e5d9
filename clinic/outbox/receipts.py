"""The word every request owes: to the person that we have it, to the colleague that it waits."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from clinic.outbox import messages
from clinic.outbox.calls import Call
from clinic.people.intake import contact_person
from clinic.people.models import Reference, User
from clinic.people.references import address_of, link_for
from clinic.places import centre


def in_words(at: datetime) -> str:
    """An instant as people say it, in the centre's zone: Tuesday, November 24, 10 a.m."""
    return date_format(timezone.localtime(at), "l, F j, P")


def tell_received(
    reference: Reference, *, call: Call, phone_role: str, effect_id: uuid.UUID, at: datetime
) -> None:
    """Tell whoever is to be reached who will call and by when; without e-mail, owe the call."""
    phone = centre.contacts().get(phone_role)
    values = {
        "caller": call.assigned_to.full_name,
        "due": in_words(call.due_at),
        "reference": reference.spoken,
        "link": address_of(link_for(reference, at=at)),
        "phone": phone.display if phone else "",
    }
    messages.tell_person(
        contact_person(reference.person),
        subject="request_received",
        effect_id=effect_id,
        values=values,
        call=call,
        at=at,
    )


def nudge(user: User, *, effect_id: uuid.UUID, at: datetime) -> None:
    """Tell a colleague that something waits in her list, and nothing else."""
    link = settings.SITE_URL + reverse("staff:index")
    messages.tell_colleague(
        user, subject="colleague_new", effect_id=effect_id, values={"link": link}, at=at
    )
