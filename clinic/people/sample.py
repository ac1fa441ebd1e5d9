"""Invented colleagues, and the sample words of consents."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction

from clinic.demo.accounts import Account, password, write
from clinic.people import roles
from clinic.people.consents import TEXT_KIND
from clinic.people.models import RoleHeld, User
from clinic.people.models.person import ConsentKind
from clinic.signing import verbs
from clinic.signing.kinds import PRIVACY

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


def load(at: datetime) -> None:
    """Make the colleagues and approve the sample consents, where they are not there yet."""
    if User.objects.exists():
        return
    with transaction.atomic():
        for row in COLLEAGUES:
            _colleague(row)
        load_consents(at=at)
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


def load_consents(*, at: datetime) -> None:
    """Approve the sample consents as of a month before `at`."""
    editor = User.objects.with_role(roles.EDITOR).get()
    reviewer = User.objects.with_role(roles.REVIEWER).get()
    # A month ago, so that the sample people of last week could read and agree to them.
    signed_at = at - timedelta(days=30)
    for kind, (words, hint) in CONSENTS.items():
        version = verbs.draft(
            kind=TEXT_KIND.code,
            subject=kind,
            language="en",
            body={"words": words, "hint": hint},
            by=editor,
            at=signed_at,
        )
        verbs.approve(
            version,
            kind=PRIVACY,
            by=reviewer,
            credential="Sample privacy officer",
            at=signed_at,
            expires_at=signed_at + timedelta(days=365),
        )
