"""What her page promises: who calls, by when, what if we are late, and what it shows of her."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import verbs as appointment_verbs
from clinic.appointments.codes import Outcome as VisitOutcome
from clinic.audit.models import Event
from clinic.people import consents
from clinic.people.models import Consent, Person, Reference, User
from clinic.people.models.person import ConsentKind
from clinic.places.models import Centre, ContactPoint
from referrals.desk import verbs
from referrals.desk.codes import Outcome
from tests.builders import appointment_request, case, cast, details, helped, intake, pay, tried
from tests.journeys import open_request, page, words

pytestmark = pytest.mark.django_db

DETAIL, CONTACT, CHANGE = "requests:detail", "requests:contact", "requests:change_mind"
KINDS = ("case", "appointment")
LATE = timedelta(days=9)


@pytest.fixture
def play():
    return cast(at=timezone.now())


def made(play, kind, *, ago=timedelta(0), **changes):
    """A request of a kind, already in somebody's hands."""
    at = timezone.now() - ago
    row = (
        case(play.study, at=at, **changes)
        if kind == "case"
        else appointment_request(at=at, **changes)
    )
    pay(at)
    row.refresh_from_db()
    return row


def opened(client, row):
    """A browser in which her request is open."""
    reference = Reference.rows.get(about_id=row.pk)
    assert open_request(client, reference.spoken).url == reverse(DETAIL)
    return client


def shown(client, row):
    return words(opened(client, row).get(reverse(DETAIL)))


def reach(kind, row, *, by):
    """A colleague speaks with her."""
    if kind == "case":
        verbs.log_attempt(row.referrals.get(), tried(), by=by, at=timezone.now())
    else:
        appointment_verbs.log_attempt(row, tried(), by=by, at=timezone.now())


def close(kind, row, *, by):
    """A colleague ends it."""
    if kind == "case":
        referral = row.referrals.get()
        verbs.accept(referral, by=by, at=timezone.now())
        verbs.close(referral, outcome=Outcome.DISTANCE, by=by, at=timezone.now())
    else:
        appointment_verbs.take(row, by=by, at=timezone.now())
        appointment_verbs.close(row, outcome=VisitOutcome.BOOKED, by=by, at=timezone.now())


# -- The promise -----------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
def test_past_the_promised_hour_the_page_says_so_and_does_not_promise_again(client, play, kind):
    text = shown(client, made(play, kind, ago=LATE))
    assert "We are late" in text
    assert "We are sorry. Your request is not lost: please call us" in text
    role = "trials" if kind == "case" else "appointments"
    point = ContactPoint.objects.get(role=role)
    assert f"You can reach us here: {point.label} {point.display}" in text
    assert "will call you by" not in text
    assert "The call comes from" not in text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ago", [timedelta(0), LATE], ids=["in time", "late"])
def test_once_somebody_has_spoken_with_her_no_hour_is_promised(client, play, kind, ago):
    row = made(play, kind, ago=ago)
    reach(kind, row, by=play.ana if kind == "case" else play.sam)
    row.refresh_from_db()
    text = shown(client, row)
    assert f"{row.owner.full_name} has spoken with you and goes on" in text
    for promise in ("We are late", "will call you by", "The call comes from"):
        assert promise not in text


@pytest.mark.parametrize("kind", KINDS)
def test_a_try_that_missed_her_does_not_move_the_promise(client, play, kind):
    row = made(play, kind, ago=LATE)
    missed = tried("no_answer")
    if kind == "case":
        verbs.log_attempt(row.referrals.get(), missed, by=play.ana, at=timezone.now())
    else:
        appointment_verbs.log_attempt(row, missed, by=play.sam, at=timezone.now())
    assert "We are late" in shown(client, row)


@pytest.mark.parametrize(
    ("kind", "team"),
    [("case", "One of our research nurses"), ("appointment", "A colleague from appointments")],
)
def test_nobody_is_promised_a_call_from_one_who_has_left(client, play, kind, team):
    row = made(play, kind)
    assert f"{row.owner.full_name} will call you by" in shown(client, row)
    User.objects.filter(pk=row.owner_id).update(is_active=False)
    text = shown(client, row)
    assert f"{team} will call you by" in text
    assert row.owner.full_name not in text


@pytest.mark.parametrize("kind", KINDS)
def test_with_a_phone_she_knows_which_number_calls(client, play, kind):
    role = "trials" if kind == "case" else "appointments"
    number = ContactPoint.objects.get(role=role).display
    assert f"The call comes from {number} ." in shown(client, made(play, kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ways", [{"phone": ""}, {"phone": "", "postal_address": "1 Elm Street"}])
def test_without_a_phone_nobody_promises_a_call(client, play, kind, ways):
    text = shown(client, made(play, kind, people=intake(**ways)))
    assert "will write to you by" in text
    assert "will call you by" not in text
    assert "The call comes from" not in text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ago", [timedelta(0), LATE], ids=["in time", "late"])
def test_the_numbers_for_when_she_is_very_ill_stand_on_it(client, play, kind, ago):
    response = opened(client, made(play, kind, ago=ago)).get(reverse(DETAIL))
    content = page(response)
    section = content[content.index("panel promise") : content.index("What you asked for")]
    night = ContactPoint.objects.get(role="night")
    assert f'href="tel:{Centre.objects.get().emergency_number}"' in section
    assert f'href="tel:{night.digits}"' in section
    assert night.display in section
    assert "Do not wait for us." in words(response)


def now_and_next(text):
    """What stands under "What happens next"."""
    return text[text.index("What happens next") : text.index("What you asked for")]


@pytest.mark.parametrize("kind", KINDS)
def test_what_happens_next_follows_what_has_happened(client, play, kind):
    row = made(play, kind)
    before = now_and_next(shown(client, row))
    assert "We have your request (done) We call you If we miss you, we try again." in before
    reach(kind, row, by=play.ana if kind == "case" else play.sam)
    after = now_and_next(shown(client, row))
    assert "We have been in touch with you (done)" in after
    assert "We call you" not in after
    for text in (before, after):
        assert text.index("(done)") < text.index("We talk it over, and you decide how it goes on")


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_phone_what_happens_next_is_a_letter(client, play, kind):
    row = made(play, kind, people=intake(phone="", postal_address="1 Elm Street"))
    text = now_and_next(shown(client, row))
    assert "We write to you" in text
    assert "We call you" not in text


# -- Who is reached how ----------------------------------------------------------------------------
def both(**changes):
    """A daughter with her own ways to be reached writes for her mother, who has a phone."""
    people = helped(phone="(212) 555-0142", email="hannah@example.org")
    patient = details(phone="(212) 555-0199", email="")
    return replace(people, patient=patient, helper=replace(people.helper, **changes))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("first", "names"),
    [("helper", ["Hannah Zzyzx", "Maria Zzyzx"]), ("patient", ["Maria Zzyzx", "Hannah Zzyzx"])],
)
def test_everything_that_was_typed_is_shown_and_who_is_called_first_stands_first(
    client, play, kind, first, names
):
    text = shown(client, made(play, kind, people=both(speak_first=first)))
    text = text[text.index("How we reach you") :]
    for way in ("(212) 555-0142", "(212) 555-0199", "hannah@example.org"):
        assert way in text
    assert text.index(names[0]) < text.index(names[1])


@pytest.mark.parametrize(
    ("first", "name", "phone"),
    [("helper", "Hannah", "(212) 555-0142"), ("patient", "Maria", "(212) 555-0199")],
)
def test_the_page_that_corrects_names_whose_details_they_are(client, play, first, name, phone):
    opened(client, made(play, "case", people=both(speak_first=first)))
    response = client.get(reverse(CONTACT))
    assert f"How can we reach {name} Zzyzx?" in words(response)
    assert f'value="{phone}"' in page(response)
    client.post(reverse(CONTACT), {"phone": "212 555 0111"})
    assert _named(name).phone == "(212) 555-0111"
    other = _named("Maria" if name == "Hannah" else "Hannah")
    assert {other.phone} == {"(212) 555-0142", "(212) 555-0199"} - {phone}


def _named(name):
    # Names are sealed: they cannot be asked for in SQL.
    return next(one for one in Person.rows.all() if one.given_name == name)


# -- When it is over -------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["closed", "changed her mind"])
def test_what_has_ended_is_not_edited_any_more(client, play, kind, how):
    row = made(play, kind)
    opened(client, row)
    if how == "closed":
        close(kind, row, by=play.ana if kind == "case" else play.sam)
    else:
        client.post(reverse(CHANGE))
    assert reverse(CONTACT) not in page(client.get(reverse(DETAIL)))
    assert client.get(reverse(CONTACT)).url == reverse(DETAIL)
    assert client.post(reverse(CONTACT), {"phone": "212 555 0111"}).url == reverse(DETAIL)
    assert Person.rows.get().phone == "(212) 555-0177"
    assert not Event.objects.filter(verb="correct_contact").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_who_no_longer_agrees_takes_it_back_though_a_colleague_closed_it_first(client, play, kind):
    row = made(play, kind)
    opened(client, row)
    close(kind, row, by=play.ana if kind == "case" else play.sam)
    assert Consent.rows.filter(revoked_at=None).exists()
    client.post(reverse(CHANGE))
    assert not Consent.rows.filter(revoked_at=None).exists()
    assert not consents.has(row.person, ConsentKind.CONTACT, at=timezone.now())
    assert Event.objects.filter(verb="revoke").count() == Consent.rows.count()
    row.refresh_from_db()
    assert row.status in ("closed", "completed")
    assert "We have finished with this request" in words(client.get(reverse(DETAIL)))
