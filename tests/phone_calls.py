"""What a colleague does while somebody speaks with her: open the form, fill it in, save it."""

from __future__ import annotations

import uuid

from django.urls import reverse

from clinic.people.models import Reference
from tests.journeys import HELPER, boxes, hidden

SAID = {
    "channel": "phone",
    "who": "me",
    "given_name": "Maria",
    "family_name": "Zzyzx",
    **boxes("birth_date", 4, 27, 1972),
    "phone": "212 555 0177",
    "language": "en",
    "reason": "immunotherapy",
    "preferred_time": "any",
    "agree_contact": "on",
}
FOR_HER = {**HELPER, "who": "someone"}


def form_address(room="appointments"):
    """The page of a fresh form."""
    return reverse(f"{room}:new", args=[uuid.uuid4()])


def filled_call(browser, address, **changes):
    """What the browser would send from this page; None takes a value away."""
    values = SAID | hidden(browser.get(address)) | changes
    return {name: value for name, value in values.items() if value is not None}


def save_call(browser, address=None, **changes):
    """Open a form, fill it in and save it."""
    address = address or form_address()
    return browser.post(address, filled_call(browser, address, **changes))


def taken_down():
    """The one reference that exists."""
    return Reference.rows.get()


def begin(browser, **changes):
    """A form half filled in: its address and what the browser would send of it."""
    address = form_address()
    return address, filled_call(browser, address, **changes)


def keep(browser, values, **more):
    return browser.post(reverse("staff:draft_keep"), values | more)
