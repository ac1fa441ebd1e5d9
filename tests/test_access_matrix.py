"""Every address of the site × every role × her own or another's: who gets in, and who does not.

The addresses are read from the site, the rules from the views (`clinic/doors.py`) and, for the
admin, from the table below, which is written by hand. An address of which nobody said who may open
it fails, and so does a part of an address that has no row here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import verbs as visits
from clinic.appointments.codes import PreferredTime, VisitReason
from clinic.appointments.models import AppointmentRequest
from clinic.appointments.verbs import Wish
from clinic.doors import Address, Opens, addresses, every_address_has_a_rule
from clinic.outbox.calls import Call, owe_call
from clinic.outbox.codes import CallReason
from clinic.outbox.models import CallTask, Effect
from clinic.people import roles
from clinic.people.models import Absence, Reference, User
from clinic.people.references import make_link, token_of
from clinic.people.request_views import admit
from clinic.scoping import Scoped
from education.models import Page
from referrals.desk.models import Referral
from tests.builders import (
    NOON,
    Cast,
    appointment_request,
    cast,
    colleague,
    intake,
    later,
    pay,
    referral,
    submission,
)
from tests.education_builders import approved
from tests.education_builders import page as education_page

ANONYMOUS = "anonymous"
SUPERUSER = "superuser"
EVERYBODY = (ANONYMOUS, *map(str, roles.Role), SUPERUSER)
DOOR = ("staff:sign_in", "staff:sign_out", "admin_login")
SIGN_IN, FORBIDDEN, MISSING, OPENED, HERS_ONLY = "sign in", "403", "404", "opened", "hers only"

WORDS = "signing.text signing.textversion signing.approval"
STUDIES = "trials.study trials.studysite trials.cohort trials.site trials.criteriaset"
ARTICLES = "education.page education.edition education.indication"
HOUSE = "places.centre places.contactpoint places.location places.closure"
LOOKS = {
    roles.COORDINATOR: "desk.referral",
    roles.LEAD: f"desk.referral {STUDIES} trials.registryrecord",
    roles.SCHEDULER: "appointments.appointmentrequest",
    roles.EDITOR: f"{ARTICLES} {WORDS}",
    roles.REVIEWER: f"{ARTICLES} {WORDS} {STUDIES} trials.registryrecord",
    roles.ADMINISTRATOR: f"people.user outbox.effect {HOUSE} {STUDIES} trials.registryrecord",
}
"""What each role may look at in the admin; administrators see no patient, by design."""
ADDS = {
    roles.EDITOR: f"{ARTICLES} signing.textversion",
    roles.REVIEWER: "signing.approval",
    roles.ADMINISTRATOR: "people.user places.contactpoint places.location places.closure"
    " trials.study trials.studysite trials.cohort trials.site",
}
DELETES = {
    roles.EDITOR: "education.edition education.indication",
    roles.ADMINISTRATOR: f"places.location places.closure {STUDIES}",
}
for table in (LOOKS, ADDS, DELETES):
    table[SUPERUSER] = " ".join(table.values())


@dataclass
class Play:
    """Who tries the doors, and what lies behind them."""

    cast: Cast
    users: dict[str, User | None]
    reference: Reference
    referrals: tuple[Referral, Referral]
    request: AppointmentRequest
    page: Page


@pytest.fixture
def play(db) -> Play:
    now = timezone.now()
    play = cast(at=now)
    rita, root = colleague("rita", roles.REVIEWER), colleague("root", is_superuser=True)
    who = (None, play.ana, play.lena, play.sam, play.erin, rita, play.alex, root)
    own, other = (referral(one, at=now) for one in (play.study, play.chloe.duties.get().study))
    request = appointment_request(at=now)
    pay(now)
    page = education_page()
    approved(page)
    return Play(
        cast=play,
        users=dict(zip(EVERYBODY, who, strict=True)),
        reference=Reference.rows.get(about_id=own.case_id),
        referrals=(own, other),
        request=request,
        page=page,
    )


Tries = list[tuple[tuple[object, ...], str]]
"""Values for the parts of an address, each with what lies behind it for a role."""


def task_of(play: Play, user: User) -> uuid.UUID:
    """A call that this colleague owes."""
    call = Call(play.request, user, play.request.due_at)
    key, person = user.email[:40], play.request.person
    owe_call(call, person=person, reason=CallReason.CONFIRM, at=play.request.created_at, key=key)
    return CallTask.rows.get(assigned_to=user, key=key).pk


def taken_down(play: Play, user: User) -> uuid.UUID:
    """The reference of a request that this colleague wrote down on the phone."""
    sent = submission(channel="phone", witness=user, people=intake(email=""))
    return visits.ask(sent, wish=Wish(VisitReason.NEW, PreferredTime.ANY), at=NOON).pk


def _referrals(play: Play, role: str) -> Tries:
    own, other = play.referrals
    return [((own.pk,), OPENED), ((other.pk,), OPENED if role == roles.LEAD else MISSING)]


def _requests(play: Play, role: str) -> Tries:
    return [((play.request.pk,), OPENED), ((uuid.uuid4(),), MISSING)]


def _tasks(play: Play, role: str) -> Tries:
    me, chloe = play.users[role], play.cast.chloe
    mine = task_of(play, me) if me else uuid.uuid4()
    return [((mine,), OPENED), ((task_of(play, chloe),), MISSING)]


def _people(play: Play, role: str) -> Tries:
    own, other = (one.case.person_id for one in play.referrals)
    if role == roles.SCHEDULER:
        return [((play.request.person_id,), OPENED), ((own,), MISSING)]
    return [((own,), OPENED), ((other,), OPENED if role == roles.LEAD else MISSING)]


def _colleagues(play: Play, role: str) -> Tries:
    me = play.users[role]
    return [((me.pk if me else uuid.uuid4(),), OPENED), ((play.cast.chloe.pk,), for_others(role))]


def for_others(role: str) -> str:
    """Leads and administrators look after the absences and the leaving of others."""
    return OPENED if role in (roles.LEAD, roles.ADMINISTRATOR) else MISSING


def _absences(play: Play, role: str) -> Tries:
    me, chloe = play.users[role], play.cast.chloe
    days = {"starts_at": later(days=9), "ends_at": later(days=10)}
    mine = Absence.objects.create(user=me, **days).pk if me else 1
    hers = Absence.objects.create(user=chloe, **days).pk
    return [((mine,), OPENED), ((hers,), for_others(role))]


def _receipts(play: Play, role: str) -> Tries:
    me = play.users[role]
    mine = taken_down(play, me) if me else uuid.uuid4()
    return [((mine,), OPENED), ((taken_down(play, play.cast.chloe),), MISSING)]


def _abouts(play: Play, role: str) -> Tries:
    own, other = (one.case_id for one in play.referrals)
    if role == roles.SCHEDULER:
        return [((play.request.pk,), OPENED), ((own,), MISSING)]
    return [((own,), OPENED), ((other,), OPENED if role == roles.LEAD else MISSING)]


def _effects(play: Play, role: str) -> Tries:
    return [((Effect.objects.earliest("id").pk,), OPENED), ((uuid.uuid4(),), MISSING)]


def _links(play: Play, role: str) -> Tries:
    link = make_link(play.reference, at=timezone.now())
    return [((token_of(link),), OPENED), (("x" * 43,), OPENED)]


PARTS: dict[tuple[str, ...], Callable[[Play, str], Tries]] = {
    (): lambda play, role: [((), OPENED)],
    ("referral_id",): _referrals,
    ("request_id",): _requests,
    ("task_id",): _tasks,
    ("person_id",): _people,
    ("user_id",): _colleagues,
    ("absence_id",): _absences,
    ("reference_id",): _receipts,
    ("about_id",): _abouts,
    ("effect_id",): _effects,
    ("token",): _links,
    ("slug",): lambda play, role: [((play.page.slug,), OPENED), (("no-such-page",), MISSING)],
    ("main", "accent"): lambda play, role: [
        (("0b5c6b", "1b6b3a"), OPENED),
        (("ffffff", "1b6b3a"), MISSING),
    ],
    ("pattern",): lambda play, role: [(("care",), OPENED), (("no-such-part",), MISSING)],
    ("pattern", "state"): lambda play, role: [
        (("care", "urgent"), OPENED),
        (("care", "no-such-state"), MISSING),
        (("no-such-part", "urgent"), MISSING),
    ],
    # A form's own key: any colleague of its roles may begin one.
    ("key",): lambda play, role: [((uuid.uuid4(),), OPENED)],
    # A link that ended says so in words, to everybody alike.
    ("account", "token"): lambda play, role: [(("account", "token"), OPENED)],
}
"""For the parts of an address: values to try as a role, each with what lies behind it for her."""


def outcome(browser: Client, method: str, url: str) -> str | None:
    """What a door does; None where it does not know the method. Nothing it changes stays."""
    with transaction.atomic():
        response = getattr(browser, method)(url)
        transaction.set_rollback(True)
    if response.status_code == 405:
        return None
    goes_to = response.headers.get("Location", "")
    if goes_to.startswith((reverse("staff:sign_in"), reverse("admin:login"))):
        return SIGN_IN
    if goes_to == reverse("requests:open"):
        return HERS_ONLY
    if goes_to == reverse("admin:index"):
        return MISSING
    assert response.status_code < 500 or response.status_code == 503, (method, url)
    return {403: FORBIDDEN, 404: MISSING}.get(response.status_code, OPENED)


def outcomes(browser: Client, url: str) -> set[str]:
    found = {outcome(browser, method, url) for method in ("get", "post")} - {None}
    assert found, f"{url} answers neither GET nor POST"
    return found


def expected(one: Address, role: str, behind: str) -> str:
    """What the declared rule of an address promises to a role."""
    if one.door.opens == Opens.ANYONE:
        return behind
    if one.door.opens == Opens.MACHINES:
        # No carrier is configured here; tests of each carrier try its signature.
        return MISSING
    if one.door.opens == Opens.HER:
        return HERS_ONLY
    if role == ANONYMOUS:
        return SIGN_IN
    return behind if not one.door.roles or role in one.door.roles else FORBIDDEN


def places_of(one: Address, play: Play, role: str) -> list[tuple[str, str]]:
    """Each address to try with what lies behind it."""
    tries = PARTS[one.parts](play, role)
    return [(reverse(one.name, args=values), behind) for values, behind in tries]


def known() -> list[Address]:
    """All but the admin, and but the door itself, which is where everybody else is sent."""
    return [
        one
        for one in addresses()
        if one.door and one.door.opens != Opens.ADMIN and one.name not in DOOR
    ]


def browser_of(user: User | None) -> Client:
    browser = Client(raise_request_exception=True)
    if user is not None:
        browser.force_login(user)
    return browser


@pytest.mark.parametrize("role", EVERYBODY)
def test_each_door_keeps_its_word(play, role):
    browser, tried = browser_of(play.users[role]), set()
    for one in known():
        for url, behind in places_of(one, play, role):
            assert outcomes(browser, url) == {expected(one, role, behind)}, (one.name, url)
            tried.add(one.name)
    assert tried == {one.name for one in known()}, "every address, for every role"


def test_with_her_request_open_she_gets_in_and_nobody_else_by_being_signed_in(play):
    browser = Client()
    browser.cookies = admit(play.reference).cookies
    hers = [one for one in addresses() if one.door and one.door.opens == Opens.HER]
    assert hers
    for one in hers:
        assert OPENED in outcomes(browser, reverse(one.name)), one.name


def admin_doors(user: User | None):
    """Each address of the admin with the model behind it, what it does, and the address."""
    for model in [one for one in apps.get_models() if one in admin.site._registry]:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        scoped = user and isinstance(getattr(model, "objects", None), Scoped)
        row = (model.objects.visible_to(user) if scoped else model._default_manager).first()
        for action in ("changelist", "add", "change", "history", "delete"):
            args = [] if action in {"changelist", "add"} else [row.pk if row else uuid.uuid4()]
            yield model, action, reverse(f"admin:{name}_{action}", args=args), bool(row)


def may(role: str, action: str, model: type[models.Model]) -> bool:
    """What the hand-written table says."""
    table = {"add": ADDS, "delete": DELETES}.get(action, LOOKS)
    return model._meta.label_lower in table.get(role, "").split()


@pytest.mark.parametrize("role", EVERYBODY)
def test_each_door_of_the_admin_keeps_its_word(play, role):
    browser, user, wrong = browser_of(play.users[role]), play.users[role], []
    for model, action, url, there in admin_doors(user):
        right = {OPENED if may(role, action, model) else FORBIDDEN}
        if not there and action not in {"changelist", "add"}:
            right = {FORBIDDEN, MISSING}
        if (found := outcome(browser, "get", url)) not in (right if user else {SIGN_IN}):
            wrong.append((model._meta.label_lower, action, found))
    assert not wrong, "; ".join(map(" ".join, wrong))


def test_every_address_is_covered():
    in_admin = {one.name for one in addresses() if one.door and one.door.opens == Opens.ADMIN}
    assert in_admin.union(DOOR, (one.name for one in known())) == {one.name for one in addresses()}
    assert every_address_has_a_rule(None) == []


def test_an_address_without_a_rule_fails_the_build(settings):
    settings.ROOT_URLCONF = "tests.urls_without_a_rule"
    (error,) = every_address_has_a_rule(None)
    assert error.is_serious()
    assert "open_to_whom" in error.msg
