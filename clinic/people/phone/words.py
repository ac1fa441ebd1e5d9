"""The words of the form on which a colleague takes down a request, and the order of its fields.

Refuses to hold rules: the form has them.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clinic.people.models.asking import Channel

TIME_ZONES: Final = (
    ("", _("As here")),
    ("America/New_York", _("Eastern")),
    ("America/Chicago", _("Central")),
    ("America/Denver", _("Mountain")),
    ("America/Phoenix", _("Arizona")),
    ("America/Los_Angeles", _("Pacific")),
    ("America/Anchorage", _("Alaska")),
    ("Pacific/Honolulu", _("Hawaii")),
    ("America/Puerto_Rico", _("Puerto Rico and the Virgin Islands")),
)
CAME_BY: Final = (
    (Channel.PHONE, _("phone call")),
    (Channel.CLINIC, _("another clinic or practice")),
    (Channel.FAX, _("fax or letter")),
)
HELPER_FIELDS: Final = (
    "helper_name",
    "relationship",
    "patient_knows",
    "speak_first",
    "patient_phone",
)
TWO_ANSWERS: Final = ("who", "patient_knows", "speak_first")
"""Questions whose answers stand side by side."""
LABELS: Final = {
    "given_name": _("First name of the patient"),
    "family_name": _("Last name or names of the patient"),
    "birth_date": _("Date of birth of the patient"),
    "helper_name": _("Name of whoever speaks for her"),
    "relationship": _("Who is this person to the patient?"),
    "patient_knows": _("Does the patient know of this request?"),
    "speak_first": _("Whom should we speak to first?"),
    "patient_phone": _("Phone number of the patient"),
    "phone": _("Phone number"),
    "may_leave_voicemail": _("A short voicemail is safe on this number"),
    "email": _("E-mail"),
    "postal_address": _("Postal address"),
    "language": _("Language to speak"),
    "needs_interpreter": _("A free interpreter is wanted on the call"),
    "contact_note": _("What to know before calling"),
}
LATE_LABELS: Final[dict[str, StrOrPromise]] = {
    "treatment_on": _("Is there a date for starting or changing treatment?"),
    "note": _("What she says, in her words"),
}
HINTS: Final[dict[str, StrOrPromise]] = {
    "birth_date": _("For example: 4 27 1972. With it and the reference she opens her request."),
    "contact_note": _("For example: after 4 pm, or say only the first name."),
    "treatment_on": _("If there is one, she is called sooner."),
    "note": "",
}
ASKED: Final = ("treatment_on", "note")
SECTIONS: Final[tuple[tuple[StrOrPromise, tuple[str, ...]], ...]] = (
    (_("How it came"), ("channel", "who")),
    (
        _("The patient"),
        ("given_name", "family_name", "birth_date", "language", "needs_interpreter", "time_zone"),
    ),
    (
        _("How to reach whoever speaks with us; one way is enough"),
        ("phone", "may_leave_voicemail", "email", "postal_address", "contact_note"),
    ),
    (_("What is asked for"), ASKED),
)
READ_OUT: Final = _("I read these words out and the answer was yes, or I have them signed.")
NEEDS_YES: Final = _("Read the words out. Without a yes nobody may call.")
NO_CHANNEL: Final = _("Ask for one way to reach them: a phone number, an e-mail or an address.")
TELL_FIRST: Final = _("The patient does not know yet. Choose whoever speaks for her.")
WHO_SPEAKS: Final = _(
    "You filled in something about a person who speaks for her. "
    "Choose that somebody speaks for her, or empty those boxes."
)
MINOR: Final = _("She is under 18: this form is for adults. Give her the number above.")
