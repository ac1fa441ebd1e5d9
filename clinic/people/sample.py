"""Invented colleagues, and the sample words of consents in English and Spanish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction

from clinic.demo.accounts import Account, password, write
from clinic.demo.signing import SIGNED_BEFORE, publish
from clinic.people import roles
from clinic.people.consents import TEXT_KIND
from clinic.people.models import RoleHeld, User
from clinic.people.models.person import ConsentKind

DOMAIN: Final = "riverside.example"


class Colleague(NamedTuple):
    """One invented colleague."""

    name: str
    full_name: str
    job: str
    languages: str
    extension: str
    role: roles.Role


COLLEAGUES: Final = (
    Colleague("ana", "Ana Ruiz", "research nurse", "en es", "4101", roles.COORDINATOR),
    Colleague("ben", "Ben Carter", "research nurse", "en", "4102", roles.COORDINATOR),
    Colleague("chloe", "Chloe Okafor", "research nurse", "en fr", "4103", roles.COORDINATOR),
    Colleague("david", "David Lin", "research nurse", "en zh", "4104", roles.COORDINATOR),
    Colleague("lena", "Lena Hoffman", "head of the studies office", "en", "4100", roles.LEAD),
    Colleague("sam", "Sam Rivera", "appointment scheduler", "en es", "4201", roles.SCHEDULER),
    Colleague("tess", "Tess Morgan", "appointment scheduler", "en", "4202", roles.SCHEDULER),
    Colleague("editor", "Erin Walsh", "editor", "en", "4301", roles.EDITOR),
    Colleague("reviewer", "Dr. Ruth Adler", "oncologist", "en", "4302", roles.REVIEWER),
    Colleague("admin", "Alex Novak", "administrator", "en", "4400", roles.ADMINISTRATOR),
)
CONSENTS: Final = {
    ConsentKind.CONTACT: (
        "You may contact me about this request, in the ways I gave on this page.",
        "You can change your mind at any time. It does not change your care.",
    ),
    ConsentKind.SHARE: (
        "You may share my answers with the nurses of the studies I chose.",
        "Without this, the nurse asks you the same questions again on the phone.",
    ),
    ConsentKind.KEEP_ON_FILE: (
        "You may keep my request for one year and tell me about later studies.",
        "This is your choice. It does not change what happens to this request.",
    ),
    ConsentKind.SMS: (
        "You may send text messages to my phone number about this request.",
        "About 2 messages. Rates may apply. Answer STOP to end, HELP for help. It is your choice.",
    ),
}
CONSENTS_ES: Final = {
    ConsentKind.CONTACT: (
        "Pueden comunicarse conmigo sobre esta solicitud, por los medios que di en esta página.",
        "Puede cambiar de opinión en cualquier momento. Eso no cambia su atención médica.",
    ),
    ConsentKind.SHARE: (
        "Pueden compartir mis respuestas con las enfermeras de los estudios que elegí.",
        "Sin esto, la enfermera le hará las mismas preguntas otra vez por teléfono.",
    ),
    ConsentKind.KEEP_ON_FILE: (
        "Pueden guardar mi solicitud durante un año y avisarme de estudios futuros.",
        "Usted decide. Eso no cambia lo que pasa con esta solicitud.",
    ),
    ConsentKind.SMS: (
        "Pueden enviar mensajes de texto a mi número de teléfono sobre esta solicitud.",
        "Unos 2 mensajes. Puede tener costo. ALTO para terminar, AYUDA para ayuda. Usted decide.",
    ),
}
CONSENTS_IN: Final = {"en": CONSENTS, "es": CONSENTS_ES}
LANGUAGES: Final = tuple(CONSENTS_IN)


def load(at: datetime) -> None:
    """Make the colleagues where nobody is there yet, and approve the sample consents."""
    if not User.objects.exists():
        _make_colleagues()
    load_consents(at=at)


def _make_colleagues() -> None:
    with transaction.atomic():
        for row in COLLEAGUES:
            _colleague(row)
    write(Account(f"{row.name}@{DOMAIN}", row.full_name, row.job) for row in COLLEAGUES)


def _colleague(row: Colleague) -> None:
    user = User.objects.create_user(
        f"{row.name}@{DOMAIN}",
        password(),
        full_name=row.full_name,
        job_title=row.job,
        languages=row.languages.split(),
        extension=row.extension,
    )
    RoleHeld.objects.create(user=user, role=row.role)


def load_consents(*, at: datetime, languages: Iterable[str] = LANGUAGES) -> None:
    """Approve the sample consents that are not there yet, as of a month before `at`."""
    for language in languages:
        for kind, (words, hint) in CONSENTS_IN[language].items():
            body = {"words": words, "hint": hint}
            publish(TEXT_KIND.code, kind, language, body, at=at - SIGNED_BEFORE)
