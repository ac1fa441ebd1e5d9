"""Consent: to the words that were on screen or read out, until it ends or is taken back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic.appointments import verbs as appointment_verbs
from clinic.audit.models import Event
from clinic.audit.recording import VISITOR
from clinic.people import consents, roles
from clinic.people.intake import (
    register,
)
from clinic.people.models import Consent
from clinic.people.models.person import ConsentKind
from tests import builders
from tests.builders import NOON, later

SECOND = timedelta(seconds=1)


@pytest.mark.django_db
def test_a_consent_points_at_the_words_that_were_on_screen():
    request = builders.appointment_request()
    consent = Consent.rows.get()
    version = builders.agreed(ConsentKind.CONTACT)["contact"]
    assert (consent.person, consent.given_by) == (request.person, request.person)
    assert (consent.text_version, consent.language, consent.method) == (version, "en", "web")
    assert consents.shown_version(version.pk, "contact") == version
    assert consents.shown_version(version.pk, "sms") is None
    assert consents.shown_version(uuid.uuid4(), "contact") is None


@pytest.mark.django_db
def test_a_consent_holds_until_it_is_taken_back_or_ends():
    person = builders.appointment_request().person
    assert consents.has(person, ConsentKind.CONTACT, at=NOON)
    assert not consents.has(person, ConsentKind.SHARE, at=NOON)
    Consent.rows.update(expires_at=later(days=1))
    assert consents.has(person, ConsentKind.CONTACT, at=later(days=1) - SECOND)
    assert not consents.has(person, ConsentKind.CONTACT, at=later(days=1))
    Consent.rows.update(expires_at=None)
    consents.revoke_all(person, by=VISITOR, at=later(hours=1))
    assert not consents.has(person, ConsentKind.CONTACT, at=later(hours=1))
    assert Consent.rows.get().revoked_at == later(hours=1)


@pytest.mark.django_db
def test_taking_back_twice_keeps_the_first_time_and_touches_nobody_else():
    person = builders.appointment_request().person
    other = builders.appointment_request(people=builders.intake(email="o@example.org")).person
    consents.revoke_all(person, by=VISITOR, at=later(hours=1))
    consents.revoke_all(person, by=VISITOR, at=later(hours=2))
    assert Consent.rows.get(person=person).revoked_at == later(hours=1)
    assert Consent.rows.get(person=other).revoked_at is None
    assert Event.objects.filter(verb="revoke").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"kind": "anything"}, "kind_is_known"),
        ({"method": "voice"}, "spoken_has_a_witness"),
        ({"kind": "authorization"}, "recipient_and_end"),
        ({"kind": "authorization", "recipient": "Riverside"}, "recipient_and_end"),
    ],
)
def test_the_table_itself_wants_what_a_consent_needs(values, constraint):
    builders.appointment_request()
    consent = Consent.rows.get()
    for name, value in ({"pk": uuid.uuid4(), "kind": "share"} | values).items():
        setattr(consent, name, value)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        consent.save(force_insert=True)


@pytest.mark.django_db
def test_who_changes_her_mind_takes_back_her_consent():
    request = builders.appointment_request()
    appointment_verbs.change_mind(request, by=VISITOR, at=later(hours=1))
    assert not consents.has(request.person, ConsentKind.CONTACT, at=later(hours=1))


# -- Spoken, and for a while -----------------------------------------------------------------------
def said_yes(kind, **changes):
    """A yes of somebody, at noon."""
    person = register(builders.intake(), at=NOON).patient
    builders.centre()
    version = builders.agreed(kind)[str(kind)]
    return consents.give(person, kind=kind, version=version, given_by=person, at=NOON, **changes)


@pytest.mark.django_db
def test_what_a_colleague_read_out_is_spoken_and_names_her():
    sam = builders.colleague("sam", roles.SCHEDULER)
    consent = said_yes(ConsentKind.CONTACT, witness=sam)
    consent.refresh_from_db()
    assert (consent.method, consent.witness) == ("voice", sam)
    typed = said_yes(ConsentKind.CONTACT)
    assert (typed.method, typed.witness) == ("web", None)


@pytest.mark.django_db
def test_a_request_by_phone_has_spoken_consents_only():
    sam = builders.colleague("sam", roles.SCHEDULER)
    made = builders.appointment_request(channel="phone", witness=sam)
    assert made.channel == "phone"
    assert set(Consent.rows.values_list("method", "witness")) == {("voice", sam.pk)}


@pytest.mark.django_db
def test_staying_on_file_ends_after_the_year_that_its_words_name():
    consent = said_yes(ConsentKind.KEEP_ON_FILE)
    end = later(days=365)
    assert consent.expires_at == end
    assert "for one year" in consent.text_version.content["words"]
    assert consents.has(consent.person, ConsentKind.KEEP_ON_FILE, at=end - SECOND)
    assert not consents.has(consent.person, ConsentKind.KEEP_ON_FILE, at=end)


@pytest.mark.django_db
def test_the_others_hold_until_they_are_taken_back():
    for kind in (ConsentKind.CONTACT, ConsentKind.SHARE):
        assert said_yes(kind).expires_at is None
