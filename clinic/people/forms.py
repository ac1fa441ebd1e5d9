"""What people type about themselves: contact details, and how they open their request again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clinic.design.forms import EmailAddress, HouseForm, PhoneField, PlainText, ThreeBoxDate, one_of
from clinic.people.intake import Details, HelperDetails, Intake
from clinic.people.models.person import SPOKEN_LANGUAGES, Relationship, SpeakFirst

ADULT_AGE = 18
OLDEST_AGE = 120
NO_CHANNEL = _("Give us one way to reach you: a phone number, an e-mail or a postal address.")


def age_on(birth: date, today: date) -> int:
    """Whole years on a day."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


class ChannelsForm(HouseForm):
    """Ways to reach somebody; one is enough."""

    phone = PhoneField(label=_("Phone number"), required=False)
    may_leave_voicemail = forms.BooleanField(
        label=_("It is safe to leave a short voicemail"), required=False
    )
    email = EmailAddress(label=_("E-mail"), required=False)
    postal_address = PlainText(
        label=_("Postal address"),
        required=False,
        max_length=300,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    contact_note = PlainText(
        label=_("Is there anything we should know before we call?"),
        help_text=_("For example: call after 4 pm, or say only your first name."),
        required=False,
        max_length=300,
    )

    channels: tuple[str, ...] = ("phone", "email", "postal_address")
    either = channels
    no_channel: StrOrPromise = NO_CHANNEL

    free_texts: tuple[str, ...] = ("contact_note",)

    def say_when_read(self, sentence: str) -> None:
        """Put it beneath each box for free text, before the page is shown; colleagues need none."""
        for name in self.free_texts:
            box = self[name]
            box.help_text = f"{box.help_text} {sentence}".strip()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) or name in self.errors for name in self.channels):
            self.add_error("phone", self.no_channel)
        return cleaned


class PersonForm(ChannelsForm):
    """Who the patient is, how to reach her or her helper, which language she speaks."""

    given_name = PlainText(
        label=_("First name"),
        max_length=80,
        error_messages={"required": _("Enter a first name, so that we know whom to ask for.")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    family_name = PlainText(
        label=_("Last name or names"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    birth_date = ThreeBoxDate(
        birth=True,
        label=_("Date of birth"),
        help_text=_("For example: 4 27 1972. You can use it to open your request again."),
    )
    language = forms.ChoiceField(
        label=_("Which language should we speak with you?"), choices=SPOKEN_LANGUAGES, initial="en"
    )
    needs_interpreter = forms.BooleanField(
        label=_("I would like a free interpreter on the call"), required=False
    )

    field_order = (
        "given_name",
        "family_name",
        "birth_date",
        "helper_name",
        "relationship",
        "patient_knows",
        "phone",
        "may_leave_voicemail",
        "email",
        "postal_address",
        "speak_first",
        "patient_phone",
        "language",
        "needs_interpreter",
        "contact_note",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        # Whoever reads the Spanish address most likely wants to speak Spanish; she can change it.
        self.fields["language"].initial = get_language() or "en"

    def clean_birth_date(self) -> date:
        """A birth date that somebody alive can have."""
        birth: date = self.cleaned_data["birth_date"]
        if birth > self.today:
            raise forms.ValidationError(_("The date of birth is in the future. Check the year."))
        if age_on(birth, self.today) > OLDEST_AGE:
            raise forms.ValidationError(
                _("The date of birth is more than 120 years ago. Check the year.")
            )
        return birth

    @property
    def is_minor(self) -> bool:
        """Whether the patient is a child or teenager, for whom others are there."""
        birth = getattr(self, "cleaned_data", {}).get("birth_date")
        return birth is not None and age_on(birth, self.today) < ADULT_AGE

    def intake(self) -> Intake:
        """The clean values, as the verbs take them."""
        return Intake(patient=self._details(with_channels=True))

    def _details(self, *, with_channels: bool) -> Details:
        names = ["given_name", "family_name", "birth_date", "language", "needs_interpreter"]
        if with_channels:
            names += ["phone", "email", "postal_address", "may_leave_voicemail", "contact_note"]
        return Details(**{name: self.cleaned_data[name] for name in names})


OTHER_LABELS = {
    "given_name": _("First name of the person you care for"),
    "family_name": _("Last name or names of the person you care for"),
    "birth_date": _("Date of birth of the person you care for"),
    "phone": _("Your phone number"),
    "email": _("Your e-mail"),
    "postal_address": _("Your postal address"),
}
"""What a helper reads instead, so that nobody's number lands on somebody else."""


NEEDS_PHONE = _("Enter a phone number, so that we can speak to them first.")
TELL_FIRST = _("They do not know yet. Choose yourself, so that they hear of it from you.")


class HelperForm(PersonForm):
    """The same for somebody who writes for a patient: the ways to reach are the helper's."""

    channels: tuple[str, ...] = (*ChannelsForm.channels, "patient_phone")
    either = channels
    labels = OTHER_LABELS
    tell_first: StrOrPromise = TELL_FIRST

    helper_name = PlainText(
        label=_("Your own name"),
        max_length=120,
        error_messages={"required": _("Enter your own name, so that we know whom to ask for.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    relationship = one_of(Relationship.choices, label=_("Who are you to the person you care for?"))
    patient_knows = one_of(
        [("yes", _("Yes")), ("no", _("Not yet"))],
        label=_("Does she or he know that you are writing to us?"),
        inline=True,
    )
    speak_first = one_of(
        SpeakFirst.choices, label=_("Whom should we speak to first?"), initial=SpeakFirst.HELPER
    )
    patient_phone = PhoneField(label=_("Phone number of the person you care for"), required=False)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("patient_knows") == "no":
            # Whoever does not know yet must not hear of it from our call.
            self.channels = ChannelsForm.channels
        cleaned = super().clean()
        if cleaned.get("speak_first") == SpeakFirst.PATIENT:
            if cleaned.get("patient_knows") == "no":
                self.add_error("speak_first", self.tell_first)
            if not cleaned.get("patient_phone") and "patient_phone" not in self.errors:
                self.add_error("patient_phone", NEEDS_PHONE)
        return cleaned

    def intake(self) -> Intake:
        """The clean values, with the helper as the person to be reached."""
        clean = self.cleaned_data
        patient = self._details(with_channels=False)
        helper = Details(
            given_name=clean["helper_name"],
            phone=clean["phone"],
            email=clean["email"],
            postal_address=clean["postal_address"],
            language=clean["language"],
            needs_interpreter=clean["needs_interpreter"],
            may_leave_voicemail=clean["may_leave_voicemail"],
            contact_note=clean["contact_note"],
        )
        return Intake(
            patient=Details(
                **{
                    **{name: getattr(patient, name) for name in patient.__slots__},
                    "phone": clean["patient_phone"],
                }
            ),
            helper=HelperDetails(
                details=helper,
                relationship=clean["relationship"],
                speak_first=clean["speak_first"],
                patient_knows=clean["patient_knows"] == "yes",
            ),
        )


class OpenRequestForm(HouseForm):
    """The two things that open a request without its link."""

    reference = PlainText(
        label=_("Reference"),
        help_text=_("Eight letters and numbers, for example ABCD-2345."),
        max_length=20,
        error_messages={"required": _("Enter the reference from your page or letter.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    birth_date = ThreeBoxDate(
        label=_("Date of birth of the patient"), help_text=_("For example: 4 27 1972")
    )
