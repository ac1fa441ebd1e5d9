"""The page that sends a request: names, numbers, her own words, consent; and one way to handle it.

The same for every journey: double clicks, children, withdrawn consent words and missing steps are
answered here once. Refuses to know what is asked for.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Final, cast

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic.design.forms import PlainText, ThreeBoxDate
from clinic.encryption import keyed_digest
from clinic.journey import TOLD, Journey
from clinic.people.consents import shown_version, wordings
from clinic.people.forms import HelperForm, PersonForm
from clinic.people.models import Reference
from clinic.people.models.person import ConsentKind, SpeakFirst
from clinic.people.reading_times import when_read
from clinic.people.request_views import admit
from clinic.people.submitting import Submission
from clinic.signing.models import TextVersion

FARTHEST_DAYS: Final = 2 * 365
AGREE: Final = _("Tick this box if you agree. Without it we may not call you.")
CHANGED: Final = _("These words have changed. Read them again.")


class HiddenId(forms.Field):
    """An id that the page carries; cleans to a UUID or None.

    A damaged one is None and no error: nobody can mend what she cannot see.
    """

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> uuid.UUID | None:
        """The id, if it is one."""
        try:
            return uuid.UUID(str(value))
        except ValueError:
            return None


class AskMixin(PersonForm):
    """What whoever sends a request adds to names and numbers: a date, a note, consents, a key."""

    free_texts = (*PersonForm.free_texts, "note")

    def __init__(self, *args: Any, words: dict[str, TextVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        self.fields["key"] = HiddenId(required=False, initial=uuid.uuid4)
        self.fields["treatment_on"] = ThreeBoxDate(
            label=_("Is there a date for starting or changing treatment?"),
            help_text=_("If there is one, we call sooner. Leave it empty if you do not know."),
            required=False,
        )
        self.fields["note"] = PlainText(
            label=_("Is there anything you would like to tell us?"),
            required=False,
            max_length=1000,
            multiline=True,
            counted=True,
        )
        for kind, version in words.items():
            self._ask_consent(kind, version)

    def _ask_consent(self, kind: str, version: TextVersion) -> None:
        content = version.content
        required = kind == ConsentKind.CONTACT
        self.fields[f"agree_{kind}"] = forms.BooleanField(
            label=content["words"],
            help_text=content["hint"],
            required=required,
            error_messages={"required": AGREE},
        )
        self.fields[f"version_{kind}"] = HiddenId(required=False, initial=version.pk)

    def clean_key(self) -> uuid.UUID:
        """The key of this form; without one, a double click is two requests, not an error."""
        return self.cleaned_data["key"] or uuid.uuid4()

    def clean_treatment_on(self) -> date | None:
        """A date that can be meant."""
        treatment_on: date | None = self.cleaned_data["treatment_on"]
        if treatment_on and abs((treatment_on - self.today).days) > FARTHEST_DAYS:
            raise forms.ValidationError(_("This date is far away. Check the year."), code="year")
        return treatment_on

    def clean(self) -> dict[str, Any]:
        """Consent to words that are not ours is no consent."""
        cleaned = super().clean() or {}
        self.agreed: dict[str, TextVersion] = {}
        for kind in [one for one in self.words if cleaned.get(f"agree_{one}")]:
            shown = cleaned.get(f"version_{kind}")
            version = self._agreed_to(kind, shown) if shown else None
            if version is None:
                self.add_error(f"agree_{kind}", CHANGED)
            else:
                self.agreed[kind] = version
        return cleaned

    def _agreed_to(self, kind: str, shown: uuid.UUID) -> TextVersion | None:
        """The words she ticked, if they are such as count."""
        live = self.words[kind]
        return live if live.pk == shown else shown_version(shown, kind)

    def submission(self) -> Submission:
        """The clean form, as the verbs take it."""
        return Submission(
            key=self._submission_key(),
            people=self.intake(),
            agreed=self.agreed,
            treatment_on=self.cleaned_data["treatment_on"],
            note=self.cleaned_data["note"],
        )

    def _submission_key(self) -> uuid.UUID:
        # A digest of the page's key and of all that was typed: the same form twice is one request,
        # a corrected one is not lost behind the first, and the stored key opens nothing.
        names = set(self.data) - {TOLD, "csrfmiddlewaretoken"}
        sent = cast("QueryDict", self.data)
        typed = {name: sent.getlist(name) for name in names}
        text = json.dumps([str(self.cleaned_data["key"]), typed], sort_keys=True)
        return uuid.UUID(bytes=keyed_digest(text, purpose="submission")[:16])

    def show_live_words(self) -> None:
        """Before the page comes back: no tick stays beside words that she has not read yet."""
        shown = QueryDict(mutable=True)
        shown.update(self.data)
        for kind, version in self.words.items():
            if shown.get(f"version_{kind}") == str(version.pk):
                continue
            shown[f"version_{kind}"] = str(version.pk)
            if shown.pop(f"agree_{kind}", None) and not self.has_error(f"agree_{kind}"):
                self.add_error(f"agree_{kind}", CHANGED)
        self.data = shown


class SendMixin(AskMixin):
    """The page of a journey, which carries its answers; mixes into the two forms below."""

    def __init__(self, *args: Any, told: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = {f"agree_{kind}": one.text.language for kind, one in self.words.items()}
        self.told = told
        self.fields[TOLD] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=self.told
        )

    def show_live_words(self) -> None:
        """As above, and with the answers that this page stands on."""
        super().show_live_words()
        shown = cast("QueryDict", self.data)
        shown[TOLD] = self.told


REACHED: Final = ("phone", "may_leave_voicemail", "email", "postal_address")
FOR_THE_CALL: Final = (
    _("What should we know?"),
    ("language", "needs_interpreter", "contact_note", "treatment_on", "note"),
)


class SendForm(SendMixin):
    """For herself."""

    groups = (
        (_("About you"), ("given_name", "family_name", "birth_date")),
        (_("How can we reach you? One way is enough."), REACHED),
        FOR_THE_CALL,
    )


class HelperSendForm(SendMixin, HelperForm):
    """For someone she cares for."""

    groups = (
        (
            _("The person you care for"),
            ("given_name", "family_name", "birth_date", "patient_knows"),
        ),
        (
            _("You, and how we reach you. One way is enough."),
            ("helper_name", "relationship", *REACHED, "speak_first"),
        ),
        FOR_THE_CALL,
    )
    reveals = {f"speak_first:{SpeakFirst.PATIENT}": ("patient_phone",)}


AnySendForm = SendForm | HelperSendForm
Submit = Callable[[Submission, datetime], Reference]


def send_view(
    request: HttpRequest,
    *,
    journey: Journey,
    data: dict[str, Any],
    consents: Iterable[ConsentKind],
    submit: Submit,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Show the sending page, or send it: `submit` is called once with a valid form of an adult.

    `data` are the answers this page stands on (`Journey.told`).
    """
    now = timezone.now()
    words = wordings(consents, get_language() or "en", at=now)
    if ConsentKind.CONTACT not in words:
        return render(request, "journey/closed.html", status=503)
    is_helper = data.get("who") == "someone"
    form_class: type[AnySendForm] = HelperSendForm if is_helper else SendForm
    form = form_class(
        request.POST or None,
        words={str(kind): words[kind] for kind in consents if kind in words},
        told=journey.seal(data),
        today=timezone.localdate(),
    )
    if request.method == "POST" and form.is_valid():
        return _sent(request, form, journey=journey, submit=submit, at=now)
    if form.is_bound:
        form.show_live_words()
    form.say_when_read(when_read(at=now))
    return render(request, template, {**context, "form": form, "is_helper": is_helper})


def _sent(
    request: HttpRequest, form: AnySendForm, *, journey: Journey, submit: Submit, at: datetime
) -> HttpResponse:
    if form.is_minor:
        # Her coded answers stay in her browser: who typed a wrong year goes back and corrects it.
        return render(request, "journey/minor.html")
    response = admit(submit(form.submission(), at))
    journey.clear(response)
    return response
