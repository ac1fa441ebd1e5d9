"""One builder a noun, and the cast: one coordinates a study, one covers for her, one sees nothing.

Rows come from the verbs wherever a verb exists, so that no test stands on a state that the
application itself could not reach.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from clinic.appointments import verbs as appointment_verbs
from clinic.appointments.codes import ROUTE, TELL, PreferredTime, VisitReason
from clinic.appointments.models import AppointmentRequest
from clinic.outbox.dispatch import dispatch
from clinic.outbox.models import Effect
from clinic.outbox.sample import load as load_messages
from clinic.people import consents, roles
from clinic.people.attempts import Try
from clinic.people.intake import Details, HelperDetails, Intake
from clinic.people.models import RoleHeld, User
from clinic.people.models.person import ConsentKind
from clinic.people.sample import load_consents
from clinic.people.submitting import Submission
from clinic.places.models import Centre
from clinic.places.sample import load as load_places
from clinic.signing.models import Text
from referrals.desk.asking import Interest, refer
from referrals.desk.models import Case, Referral
from referrals.screening.profile import Profile
from referrals.trials.codes import DutyCode, LocalStatus
from referrals.trials.models import Cohort, Duty, Site, Study, StudySite

NOON = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
"""A Wednesday at noon in New York."""
PASSWORD = "only for tests 2026"


def colleague(name: str, *held: str, **fields) -> User:
    """A colleague with roles; the same name gives the same row."""
    found = User.objects.filter(email=f"{name}@example.org").first()
    if found:
        return found
    values = {"full_name": name.title(), "languages": ["en"]} | fields
    user = User.objects.create_user(f"{name}@example.org", PASSWORD, **values)
    RoleHeld.objects.bulk_create(RoleHeld(user=user, role=role) for role in held)
    return user


def centre(*, at: datetime = NOON, languages: Iterable[str] = ("en",)) -> Centre:
    """The sample centre with its numbers, consents and messages, all approved a month before."""
    load_places(at)
    if not Text.objects.filter(kind=consents.TEXT_KIND.code).exists():
        colleague("editor", roles.EDITOR)
        colleague("reviewer", roles.REVIEWER)
        load_consents(at=at, languages=languages)
    load_messages(at, languages=languages)
    return Centre.objects.get()


def study(name: str = "first", *, status: str = LocalStatus.OPEN, site: str = "Main") -> Study:
    """A study that takes people at one site, with one cohort and no criteria."""
    made = Study.objects.create(
        title=f"Study {name}",
        local_name=f"the {name} study",
        local_status=status,
        status_confirmed_at=NOON,
        status_confirmed_by=colleague("lena", roles.LEAD),
    )
    place, _new = Site.objects.get_or_create(name=site)
    StudySite.objects.create(study=made, site=place, status=status)
    Cohort.objects.create(study=made, code="all", label="All", local_status=status)
    return made


def on_duty(user: User, made: Study, duty: str = DutyCode.COORDINATOR) -> Duty:
    """Somebody works on a study at its first site."""
    return Duty.objects.create(study=made, site=made.sites.first(), user=user, duty=duty)


@dataclass
class Cast:
    """Who is in the play."""

    study: Study
    ana: User
    ben: User
    chloe: User
    lena: User
    sam: User
    tess: User
    erin: User
    alex: User


def cast(*, at: datetime = NOON) -> Cast:
    """Ana coordinates the study, Ben covers for her, Chloe works on another and sees nothing."""
    centre(at=at)
    first, other = study("first"), study("other", site="Elsewhere")
    ana = colleague("ana", roles.COORDINATOR, languages=["en", "es"])
    ben = colleague("ben", roles.COORDINATOR)
    chloe = colleague("chloe", roles.COORDINATOR)
    on_duty(ana, first)
    on_duty(ben, first, DutyCode.BACKUP)
    on_duty(chloe, other)
    return Cast(
        study=first,
        ana=ana,
        ben=ben,
        chloe=chloe,
        lena=colleague("lena", roles.LEAD),
        sam=colleague("sam", roles.SCHEDULER),
        tess=colleague("tess", roles.SCHEDULER),
        erin=colleague("erin", roles.EDITOR),
        alex=colleague("alex", roles.ADMINISTRATOR),
    )


def details(**changes) -> Details:
    """An adult who can be reached by phone and mail."""
    values = {
        "given_name": "Maria",
        "family_name": "Zzyzx",
        "birth_date": date(1972, 4, 27),
        "phone": "(212) 555-0177",
        "email": "maria@example.org",
    }
    return Details(**(values | changes))


def intake(**changes) -> Intake:
    """She writes for herself."""
    return Intake(details(**changes))


def helped(**changes) -> Intake:
    """Her daughter writes for her and is called first."""
    patient = details(phone="", email="")
    daughter = details(given_name="Hannah", birth_date=None, **changes)
    return Intake(patient, HelperDetails(daughter, "child", "helper", patient_knows=True))


def agreed(*kinds: ConsentKind, at: datetime = NOON) -> dict:
    """The live words of the consents she ticks."""
    wanted = kinds or (ConsentKind.CONTACT, ConsentKind.SHARE)
    return {str(kind): one for kind, one in consents.wordings(wanted, "en", at=at).items()}


def submission(*, at: datetime = NOON, **changes) -> Submission:
    """A clean form, as the page that sends hands it over."""
    values = {"key": uuid.uuid4(), "people": intake()} | changes
    values["agreed"] = changes.get("agreed") or agreed(at=at)
    return Submission(**values)


def appointment_request(*, at: datetime = NOON, **changes) -> AppointmentRequest:
    """A request as the form makes it; nothing of what it owes is paid yet."""
    centre()
    sent = submission(at=at, agreed=agreed(ConsentKind.CONTACT, at=at), **changes)
    wish = appointment_verbs.Wish(VisitReason.NEW, PreferredTime.ANY)
    reference = appointment_verbs.ask(sent, wish=wish, at=at)
    return AppointmentRequest.rows.get(pk=reference.about_id)


def told(**changes) -> tuple[AppointmentRequest, Effect]:
    """A request whose owner is chosen and whose word to the person is owed, but not yet given."""
    request = appointment_request(**changes)
    dispatch(Effect.objects.get(kind=ROUTE, about_id=request.pk).pk, at=NOON)
    request.refresh_from_db()
    return request, Effect.objects.get(kind=TELL, about_id=request.pk)


def case(*studies: Study, at: datetime = NOON, **changes) -> Case:
    """A case as the form makes it, with a referral for each study; nothing is routed yet."""
    centre()
    profile = changes.pop("profile", None) or Profile(on=at.date())
    reference = refer(submission(at=at, **changes), interest=Interest(studies, profile), at=at)
    return Case.rows.get(pk=reference.about_id)


def referral(made: Study, **changes) -> Referral:
    """One referral, not routed yet."""
    return case(made, **changes).referrals.get()


def tried(result: str = "reached", *, channel: str = "phone", next_try: str = "") -> Try:
    """A try as the form hands it over."""
    return Try(uuid.uuid4(), channel, result, next_try=next_try)


def pay(at: datetime = NOON) -> None:
    """Run everything that is owed and due, until nothing is left."""
    while due := list(Effect.objects.runnable(at=at).values_list("pk", flat=True)):
        # A list, not a generator: each is tried, whatever became of the one before.
        if not any([dispatch(effect_id, at=at) for effect_id in due]):  # noqa: C419
            return


def later(**units: float) -> datetime:
    """Some time after `NOON`."""
    return NOON + timedelta(**units)
