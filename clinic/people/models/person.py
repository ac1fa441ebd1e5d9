"""Patients and those who help them: contact, consent, outside identifiers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clinic.encryption import EncryptedTextField
from clinic.people import seeing
from clinic.people.models.findable import Findable, FindableQuerySet
from clinic.scoping import Scoped

if TYPE_CHECKING:
    from clinic.people.models.staff import User

SPOKEN_LANGUAGES = [
    ("en", _("English")),
    ("es", _("Spanish")),
    ("zh", _("Chinese")),
    ("ht", _("Haitian Creole")),
    ("ko", _("Korean")),
    ("ru", _("Russian")),
    ("vi", _("Vietnamese")),
    ("ase", _("American Sign Language")),
    ("other", _("Another language")),
]


class PersonQuerySet(FindableQuerySet["Person"]):
    """People, as they are asked for."""

    def visible_to(self, user: User) -> PersonQuerySet:
        """The patients and helpers of the requests that a colleague may see."""
        return self.filter(seeing.people(user)).distinct()


class Person(Findable):
    """Someone we look after, or who helps someone we look after; at least one way to reach her."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    birth_date = EncryptedTextField(_("date of birth"), blank=True, default="")
    postal_address = EncryptedTextField(_("postal address"), blank=True, default="")
    language = models.CharField(_("language to speak"), max_length=10, default="en")
    needs_interpreter = models.BooleanField(_("needs an interpreter"), default=False)
    # Safe contact: what may be done on her phone and mail, said by her.
    may_leave_voicemail = models.BooleanField(_("voicemail is safe"), default=False)
    contact_note = EncryptedTextField(_("what to know before calling"), blank=True, default="")
    time_zone = models.CharField(
        _("her time zone"), max_length=40, blank=True, help_text=_("Empty: the centre's.")
    )
    created_at = models.DateTimeField(_("created at"))

    rows = PersonQuerySet.as_manager()
    objects: ClassVar[Scoped[PersonQuerySet]] = Scoped()

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        # Never a name: this text reaches logs, admin history and error pages.
        return f"person {str(self.pk)[:8]}"

    @property
    def language_name(self) -> StrOrPromise:
        """Her language in words; the code where there are none."""
        return dict(SPOKEN_LANGUAGES).get(self.language, self.language)

    @property
    def dial(self) -> str:
        """The phone number as a `tel:` link dials it, with its extension after a pause."""
        main, _sep, extension = self.phone.partition(" ext. ")
        digits = "".join(char for char in main if char.isdigit() or char == "+")
        return f"{digits},{extension}" if extension else digits

    @property
    def can_be_reached(self) -> bool:
        """Whether there is any way to reach her."""
        return bool(self.phone or self.email or self.postal_address)


class Relationship(models.TextChoices):
    """Who a helper is to the patient."""

    PARTNER = "partner", _("Husband, wife or partner")
    CHILD = "child", _("Son or daughter")
    PARENT = "parent", _("Parent")
    FRIEND = "friend", _("Friend or other relative")
    PROFESSIONAL = "professional", _("Someone who works with her")


class SpeakFirst(models.TextChoices):
    """Whom we call first."""

    HELPER = "helper", _("Me")
    PATIENT = "patient", _("The person I care for")


class Helper(models.Model):
    """A person who writes or speaks for a patient, with her own contact details."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Person, models.PROTECT, related_name="helpers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="helps")
    relationship = models.CharField(_("relationship"), max_length=20, choices=Relationship)
    speak_first = models.CharField(_("speak first to"), max_length=10, choices=SpeakFirst)
    patient_knows = models.BooleanField(_("the patient knows about the request"))

    rows = models.Manager()
    objects: ClassVar[Scoped[models.QuerySet[Helper]]] = Scoped(through="patient")

    class Meta:
        ordering = ("id",)
        verbose_name = _("helper")
        verbose_name_plural = _("helpers")
        constraints = (
            models.CheckConstraint(
                condition=~Q(patient=models.F("person")), name="helper_is_another_person"
            ),
            models.UniqueConstraint(fields=("patient", "person"), name="helper_once"),
            models.CheckConstraint(
                condition=Q(
                    relationship__in=Relationship.values, speak_first__in=SpeakFirst.values
                ),
                name="helper_codes_are_known",
            ),
        )

    def __str__(self) -> str:
        return f"helper of {self.patient}"

    @property
    def speak_first_is_helper(self) -> bool:
        """Whether the helper is called first."""
        return self.speak_first == SpeakFirst.HELPER

    @property
    def speak_first_is_patient(self) -> bool:
        """Whether the patient is called first."""
        return not self.speak_first_is_helper

    @property
    def keeps_from_patient(self) -> bool:
        """Whether a call to the patient would tell her what she does not know yet."""
        return not self.patient_knows


class ConsentKind(models.TextChoices):
    """What somebody agreed to; each is asked by itself."""

    CONTACT = "contact", _("be contacted about this request")
    SHARE = "share", _("share her answers with the study team")
    AUTHORIZATION = "authorization", _("disclose information to a named recipient")
    KEEP_ON_FILE = "keep_on_file", _("be kept on file for later studies")
    SMS = "sms", _("text messages")


class ConsentMethod(models.TextChoices):
    """How it was given."""

    WEB = "web", _("on the website")
    VOICE = "voice", _("spoken")
    PAPER = "paper", _("on paper")


class Consent(models.Model):
    """A yes to words that were on screen or were read out: it points at that very version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    kind = models.CharField(_("kind"), max_length=20, choices=ConsentKind)
    text_version = models.ForeignKey("signing.TextVersion", models.PROTECT, related_name="+")
    language = models.CharField(_("language"), max_length=10)
    method = models.CharField(_("given"), max_length=10, choices=ConsentMethod)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_at = models.DateTimeField(_("given at"))
    recipient = models.CharField(_("recipient"), max_length=200, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    rows = models.Manager()
    objects: ClassVar[Scoped[models.QuerySet[Consent]]] = Scoped(through="person")

    class Meta:
        ordering = ("given_at", "id")
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=ConsentKind.values), name="consent_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=ConsentMethod.values), name="consent_method_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(method=ConsentMethod.VOICE) | Q(witness__isnull=False),
                name="consent_spoken_has_a_witness",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ConsentKind.AUTHORIZATION)
                | (~Q(recipient="") & Q(expires_at__isnull=False)),
                name="consent_authorization_names_recipient_and_end",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"


class PersonIdentifier(models.Model):
    """A number other systems know her by, such as a medical record number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="identifiers")
    system = models.CharField(_("system"), max_length=40)
    value = EncryptedTextField(_("value"))

    rows = models.Manager()
    objects: ClassVar[Scoped[models.QuerySet[PersonIdentifier]]] = Scoped(through="person")

    class Meta:
        ordering = ("system", "id")
        verbose_name = _("outside identifier")
        verbose_name_plural = _("outside identifiers")
        constraints = (
            models.UniqueConstraint(fields=("person", "system"), name="person_identifier_once"),
        )

    def __str__(self) -> str:
        return self.system
