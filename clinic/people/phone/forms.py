"""The form on which a colleague takes down a request while somebody speaks with her.

The same fields and rules as on the website, in words for colleagues, on one page. Refuses to know
what is asked for: the kind's own questions are handed in.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clinic.design.bound_fields import Reveals
from clinic.design.forms import one_of, use_plain_words
from clinic.people.consents import approved_at, wordings
from clinic.people.forms import HelperForm
from clinic.people.intake import Details, Intake
from clinic.people.models import User
from clinic.people.models.person import ConsentKind, SpeakFirst
from clinic.people.phone.intake import IntakeKind
from clinic.people.phone.words import (
    ASKED,
    CAME_BY,
    HELPER_FIELDS,
    HINTS,
    LABELS,
    LATE_LABELS,
    MINOR,
    NEEDS_YES,
    NO_CHANNEL,
    READ_OUT,
    SECTIONS,
    TELL_FIRST,
    TIME_ZONES,
    TWO_ANSWERS,
    WHO_SPEAKS,
)
from clinic.people.sending import AskMixin
from clinic.people.submitting import Submission
from clinic.signing.models import TextVersion

CHOSEN: Final = frozenset({"radio", "checkbox", "hidden"})
"""Kinds of input that nobody types into."""


@dataclass(frozen=True, slots=True)
class Section:
    """Fields under one heading."""

    legend: StrOrPromise
    fields: tuple[BoundField, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """Words to be read out, the version named, and the tick that says they were."""

    words: str
    hint: str
    language: str
    approved_at: datetime
    mark: str
    tick: BoundField
    version: BoundField


class PhoneForm(AskMixin, HelperForm):
    """Everything about people, the kind's questions, and consents that are read out."""

    labels = LABELS
    reveals: Reveals = {"who:someone": HELPER_FIELDS}
    no_channel = NO_CHANNEL
    tell_first = TELL_FIRST

    channel = forms.ChoiceField(label=_("How did this reach us?"), choices=CAME_BY)
    who = one_of(
        [("me", _("The patient herself")), ("someone", _("Somebody speaks for her"))],
        label=_("Who is speaking or writing?"),
        initial="me",
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone where they are"), choices=TIME_ZONES, required=False
    )

    def __init__(
        self,
        *args: Any,
        kind: IntakeKind,
        key: uuid.UUID,
        language: str,
        at: datetime,
        **kwargs: Any,
    ) -> None:
        words = wordings(kind.consents, language, at=at)
        in_order = {str(one): words[one] for one in kind.consents if one in words}
        super().__init__(*args, words=in_order, today=timezone.localdate(at), **kwargs)
        self.kind, self.key, self.at = kind, key, at
        self.language_spoken = language
        self.is_refused_as_minor = False
        self.asked = kind.questions(language, at)
        self.fields.update(self.asked)
        for field in self.asked.values():
            use_plain_words(field, str(field.label), is_alone=False)
        self.fields["key"].initial = key
        self.fields["mine"] = forms.BooleanField(
            label=_("I look after this myself"), required=False
        )
        self._use_words_for_colleagues()
        self._leave_to_her_own_hands()
        for name in () if self.is_helped else HELPER_FIELDS:
            self.fields[name].required = False

    def _use_words_for_colleagues(self) -> None:
        for name, label in LATE_LABELS.items():
            self.fields[name].label = label
        for name, hint in HINTS.items():
            self.fields[name].help_text = hint
        speak_first = self.fields["speak_first"]
        assert isinstance(speak_first, forms.ChoiceField)
        for name in TWO_ANSWERS:
            self.fields[name].widget.inline = True
        speak_first.choices = [
            (SpeakFirst.HELPER, _("Whoever speaks for her")),
            (SpeakFirst.PATIENT, _("The patient")),
        ]

    def _leave_to_her_own_hands(self) -> None:
        # Else the browser offers the colleague's own name, birth date and number.
        for field in self.fields.values():
            for widget in (field.widget, *getattr(field.widget, "widgets", ())):
                # A browser fills in none of the others, and HTML has no such word for them.
                if getattr(widget, "input_type", "") not in CHOSEN:
                    widget.attrs["autocomplete"] = "off"

    def _ask_consent(self, kind: str, version: TextVersion) -> None:
        super()._ask_consent(kind, version)
        tick = self.fields[f"agree_{kind}"]
        tick.label, tick.help_text = READ_OUT, ""
        tick.error_messages["required"] = NEEDS_YES

    def _agreed_to(self, kind: str, shown: uuid.UUID) -> TextVersion | None:
        # Only what is approved now: unlike on the website, she is still on the phone.
        version = self.words[kind]
        return version if version.pk == shown else None

    @property
    def is_helped(self) -> bool:
        """Whether somebody speaks for the patient."""
        return self.data.get("who") == "someone"

    @property
    def may_be_sent(self) -> bool:
        """Whether there are approved words to agree to being called."""
        return str(ConsentKind.CONTACT) in self.words

    def clean_key(self) -> uuid.UUID:
        """The key of the address."""
        return self.key

    def clean(self) -> dict[str, Any]:
        """The rules of a helper only where there is one; what was typed of one is never dropped."""
        if not self.is_helped:
            if any(self.cleaned_data.get(name) for name in ("helper_name", "patient_phone")):
                self.add_error("who", WHO_SPEAKS)
            self.cleaned_data |= dict.fromkeys(HELPER_FIELDS, "")
        return super().clean()

    def intake(self) -> Intake:
        """The clean values; the time zone is that of whoever is called."""
        if not self.is_helped:
            return Intake(self._in_zone(self._details(with_channels=True)))
        told = super().intake()
        assert told.helper is not None
        helper = dataclasses.replace(told.helper, details=self._in_zone(told.helper.details))
        return Intake(self._in_zone(told.patient), helper)

    def _in_zone(self, details: Details) -> Details:
        return dataclasses.replace(details, time_zone=self.cleaned_data["time_zone"])

    def taken_down(self, *, by: User) -> Submission:
        """The clean form with how it came and who heard the yes."""
        channel = self.cleaned_data["channel"]
        return dataclasses.replace(self.submission(), channel=channel, witness=by)

    def answers(self) -> dict[str, Any]:
        """Clean values of the kind's own questions."""
        return {name: self.cleaned_data[name] for name in self.asked}

    def refuse_minor(self) -> None:
        """Say at the field that this form is not for her; the page gives the right number."""
        self.is_refused_as_minor = True
        self.add_error("birth_date", MINOR)

    def sections(self) -> Iterator[Section]:
        """The fields in the order of a call, but for the consents."""
        for legend, names in SECTIONS:
            own = tuple(self.asked) if names is ASKED else ()
            yield Section(legend, tuple(self[name] for name in (*own, *names)))

    def scripts(self) -> Iterator[Script]:
        """What is read out, each with its tick."""
        for kind, version in self.words.items():
            yield Script(
                words=version.content["words"],
                hint=version.content["hint"],
                language=version.text.language,
                approved_at=approved_at(version),
                mark=version.sha256[:8],
                tick=self[f"agree_{kind}"],
                version=self[f"version_{kind}"],
            )
