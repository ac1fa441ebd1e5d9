"""Changing keys while the site runs: nothing is lost, nobody is unfound, no edit is overwritten."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from clinic.appointments.models import AppointmentRequest
from clinic.audit.recording import VISITOR
from clinic.encryption import CannotDecrypt
from clinic.outbox.codes import Pulse
from clinic.outbox.watch import housekeeping, keys, pulses
from clinic.people.find.reindexing import make_findable, old_links
from clinic.people.intake import correct_contact, register
from clinic.people.models import Draft, Person, PrivateLink, Reference, SearchToken
from clinic.people.models.search import TokenKind, sought
from clinic.people.references import LINK_LIFE, LinkNotValid, make_link, open_link, token_of
from clinic.people.throttle import allow
from clinic.sealing_anew import BATCH, seal_column_anew, sealed_columns, under_older_keys
from tests import builders
from tests.builders import NOON
from tests.races import at_once

OLD = {"tests": bytes(range(32))}
NEW = {"newer": bytes(range(32, 64))}
BOTH = {**NEW, **OLD}


def rotate(*arguments):
    """Run the command: what it said, and whether it was content."""
    said = StringIO()
    try:
        call_command("rotate_keys", *arguments, stdout=said)
    except SystemExit as stopped:
        return said.getvalue(), stopped.code == 0
    return said.getvalue(), True


def column(place):
    return next(one for one in sealed_columns() if one.place == place)


def keys_in_use():
    """The keys that any sealed value lies under, as the database has it."""
    found = set()
    with connection.cursor() as cursor:
        for one in sealed_columns():
            table = connection.ops.quote_name(one.model._meta.db_table)
            name = connection.ops.quote_name(one.column)
            cursor.execute(f"SELECT {name} FROM {table} WHERE {name} IS NOT NULL AND {name} <> ''")
            found |= {row[0].partition("$")[0] for row in cursor.fetchall()}
    return found


def found_by(kind, said):
    return {token.person_id for token in sought(kind, said)}


@pytest.fixture
def patient(db, settings):
    """Somebody who wrote when there was one key; a new one has been put in front since."""
    settings.FIELD_KEYS = OLD
    request = builders.appointment_request(note="call after four")
    settings.FIELD_KEYS = BOTH
    return request.person


# -- The command -----------------------------------------------------------------------------------
def test_everything_comes_under_the_newest_key(patient, settings):
    Draft.rows.create(user=builders.colleague("sam"), place="x", typed={"a": [1]}, saved_at=NOON)
    settings.FIELD_KEYS = OLD
    Draft.rows.create(user=builders.colleague("sam"), place="y", typed={"b": None}, saved_at=NOON)
    settings.FIELD_KEYS = BOTH
    assert keys_in_use() == {"newer", "tests"}
    said, content = rotate()
    assert content, said
    assert keys_in_use() == {"newer"}

    settings.FIELD_KEYS = NEW
    person = Person.rows.get()
    assert (person.full_name, person.phone) == ("Maria Zzyzx", "(212) 555-0177")
    assert AppointmentRequest.rows.get().note == "call after four"
    assert {one.place: one.typed for one in Draft.rows.all()} == {"x": {"a": [1]}, "y": {"b": None}}
    assert Person.rows.reached_by(phones=["212 555 0177"]).get() == person
    assert found_by(TokenKind.NAME, "mar") == found_by(TokenKind.DIGITS, "0177") == {person.pk}


def test_what_it_says_names_places_and_counts_and_nobody(patient):
    said, _content = rotate()
    assert "people_person.phone: 1 sealed anew, 0 unreadable" in said
    assert "People: 1 indexed anew, 0 unreadable" in said
    assert "Left: 0 values, 0 people, 0 links" in said
    assert not [one for one in ("Maria", "Zzyzx", "0177", "example.org", "four") if one in said]


def test_a_second_run_finds_nothing_to_do(patient):
    rotate()
    before = list(Person.rows.values_list("pk", "phone_index"))
    said, content = rotate()
    assert content
    assert "sealed anew" not in said
    assert "People: 0 indexed anew" in said
    assert list(Person.rows.values_list("pk", "phone_index")) == before


def test_a_look_changes_nothing_and_is_not_content(patient):
    said, content = rotate("--check")
    assert not content
    assert "people_person.phone: 1 values under key tests" in said
    assert "1 people" in said
    assert keys_in_use() == {"tests"}
    rotate()
    assert rotate("--check")[1]


def test_a_site_with_one_key_is_content(db, settings):
    settings.FIELD_KEYS = OLD
    make_link(Reference.rows.get(about_id=builders.appointment_request().pk), at=timezone.now())
    assert rotate("--check")[1]


def test_an_empty_site_is_content(db, settings):
    settings.FIELD_KEYS = BOTH
    assert rotate()[1]


def test_people_from_before_the_search_get_their_tokens(db):
    person = register(builders.intake(), at=NOON).patient
    SearchToken.rows.all().delete()
    assert not rotate("--check")[1]
    assert rotate()[1]
    assert found_by(TokenKind.NAME, "zzyzx") == {person.pk}


def test_the_sweeper_gives_them_theirs_some_at_a_time(db):
    people = [builders.appointment_request().person_id for _number in range(3)]
    SearchToken.rows.all().delete()
    housekeeping.tidy(NOON)
    assert found_by(TokenKind.NAME, "zzyzx") == set(people)
    SearchToken.rows.all().delete()
    assert [make_findable(most=2), make_findable(most=2), make_findable(most=None)] == [2, 1, 0]


def test_who_has_nothing_to_be_found_by_keeps_nobody_else_waiting(db, settings):
    builders.appointment_request(people=builders.intake(given_name="M", family_name="", phone=""))
    settings.FIELD_KEYS = {"lost": bytes(32)}
    builders.appointment_request()
    settings.FIELD_KEYS = OLD
    patient = builders.appointment_request().person_id
    SearchToken.rows.all().delete()
    assert make_findable(most=None) == 1
    assert found_by(TokenKind.NAME, "zzyzx") == {patient}


def test_what_no_key_opens_is_said_and_stops_nothing_else(patient, settings):
    settings.FIELD_KEYS = {"lost": bytes(32), **NEW}
    lost = register(builders.intake(given_name="Lost"), at=NOON).patient
    settings.FIELD_KEYS = BOTH
    said, content = rotate()
    assert not content
    assert "people_person.phone: 1 sealed anew, 1 unreadable" in said
    assert "people_person.phone: 1 values under no key of the ring" in said
    assert "People: 1 indexed anew, 1 unreadable" in said
    assert Person.rows.get(pk=patient.pk).given_name == "Maria"
    with pytest.raises(CannotDecrypt):
        Person.rows.get(pk=lost.pk)


def test_keys_whose_names_differ_in_a_capital_are_two(db, settings):
    settings.FIELD_KEYS = {"k_1": bytes(32)}
    register(builders.intake(), at=NOON)
    settings.FIELD_KEYS = {"K_1": bytes(range(32)), "k_1": bytes(32)}
    assert under_older_keys(column("people_person.phone")) == {"k_1": 1}
    assert rotate()[1]
    assert keys_in_use() == {"K_1"}


def test_more_rows_than_a_page_are_all_done(db, settings):
    settings.FIELD_KEYS = OLD
    people = [Person(given_name=f"N{number}", created_at=NOON) for number in range(BATCH + 3)]
    Person.rows.bulk_create(people)
    settings.FIELD_KEYS = BOTH
    assert seal_column_anew(column("people_person.given_name")).anew == BATCH + 3
    assert under_older_keys(column("people_person.given_name")) == {}


# -- While the site runs ---------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_what_people_change_meanwhile_stays_changed(settings):
    settings.FIELD_KEYS = OLD
    people = [register(builders.intake(), at=NOON).patient for _number in range(6)]
    settings.FIELD_KEYS = BOTH
    numbers = [f"(212) 555-01{number}0" for number in range(6)]
    loaded = [Person.rows.get(pk=one.pk) for one in people]

    def work(number):
        if number == 6:
            return rotate()
        changes = {"phone": numbers[number], "email": f"new{number}@example.org"}
        return correct_contact(loaded[number], changes, by=VISITOR, at=NOON)

    at_once(work, threads=7)
    assert keys_in_use() == {"newer"}
    settings.FIELD_KEYS = NEW
    for number, person in enumerate(people):
        stored = Person.rows.get(pk=person.pk)
        assert (stored.phone, stored.email) == (numbers[number], f"new{number}@example.org")
        assert found_by(TokenKind.DIGITS, numbers[number][-4:]) == {person.pk}
        assert Person.rows.reached_by(phones=[numbers[number]]).get() == person
    assert found_by(TokenKind.DIGITS, "0177") == set()


@pytest.mark.django_db(transaction=True)
def test_two_operators_at_once_do_no_harm(settings):
    settings.FIELD_KEYS = OLD
    people = {register(builders.intake(), at=NOON).patient.pk for _number in range(3)}
    settings.FIELD_KEYS = BOTH
    at_once(lambda _number: rotate(), threads=3)
    assert rotate()[1]
    assert keys_in_use() == {"newer"}
    assert found_by(TokenKind.NAME, "maria") == people


@pytest.mark.django_db(transaction=True)
def test_two_who_correct_different_lines_at_once_both_stay_found(db):
    person = register(builders.intake(), at=NOON).patient
    changes = [{"phone": "(212) 555-0199"}, {"email": "new@example.org"}]
    loaded = [Person.rows.get(pk=person.pk) for _change in changes]
    at_once(
        lambda number: correct_contact(loaded[number], changes[number], by=VISITOR, at=NOON),
        threads=2,
    )
    assert Person.rows.reached_by(phones=["212 555 0199"]).get() == person
    assert Person.rows.reached_by(emails=["new@example.org"]).get() == person
    assert not Person.rows.reached_by(phones=["212 555 0177"], emails=["maria@example.org"])


# -- Links -----------------------------------------------------------------------------------------
@pytest.fixture
def reference(db, settings):
    settings.FIELD_KEYS = OLD
    return Reference.rows.get(about_id=builders.appointment_request().pk)


def test_a_link_opens_as_long_as_its_key_is_in_the_ring(reference, settings):
    token = token_of(make_link(reference, at=NOON))
    settings.FIELD_KEYS = BOTH
    assert open_link(token, at=NOON).reference == reference
    link = PrivateLink.rows.get()
    assert token_of(link) != token, "new links are made with the newest key"
    assert open_link(token_of(link), at=NOON).reference == reference
    rotate()
    settings.FIELD_KEYS = NEW
    assert open_link(token_of(link), at=NOON).reference == reference
    with pytest.raises(LinkNotValid, match="not ours"):
        open_link(token, at=NOON)


def test_the_old_key_is_needed_until_its_last_link_has_ended(reference, settings):
    now = timezone.now()
    link = make_link(reference, at=now - timedelta(hours=1))
    settings.FIELD_KEYS = BOTH
    said, content = rotate()
    assert not content, "everything is under the newest key, but she holds a link of the older"
    assert "Left: 0 values, 0 people, 1 links" in said
    assert f"{link.expires_at:%Y-%m-%d %H:%M}" in said

    make_link(reference, at=timezone.now() + timedelta(seconds=1))
    assert old_links(at=now).count == 1, "what is made since hangs on the newest key"
    assert old_links(at=link.expires_at).count == 0
    PrivateLink.rows.filter(pk=link.pk).update(revoked_at=now)
    assert rotate("--check")[1]


def test_a_ring_that_was_never_rotated_counts_every_link(reference, settings):
    make_link(reference, at=NOON)
    assert old_links(at=NOON).count == 0
    settings.FIELD_KEYS = BOTH
    ends: datetime | None = old_links(at=NOON).until
    assert (old_links(at=NOON).count, ends) == (1, NOON + LINK_LIFE)


# -- Counts of tries -------------------------------------------------------------------------------
@pytest.mark.django_db
def test_counting_begins_afresh_with_a_new_key(settings):
    settings.FIELD_KEYS = OLD
    ask = {"limit": 1, "window": timedelta(minutes=15), "at": NOON}
    key = str(uuid.uuid4())
    assert [allow("test", key, **ask) for _number in range(2)] == [True, False]
    settings.FIELD_KEYS = BOTH
    assert allow("test", key, **ask)


# -- Restart by restart ----------------------------------------------------------------------------
ADDED = {**OLD, **NEW}
"""The new key stands last: it is read with, and nothing is written with it yet."""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("writes", "reads"),
    [(ADDED, OLD), (OLD, ADDED), (ADDED, BOTH), (BOTH, ADDED)],
    ids=["added-old", "old-added", "added-first", "first-added"],
)
def test_while_processes_restart_each_reads_what_the_others_wrote(settings, writes, reads):
    settings.FIELD_KEYS = writes
    request = builders.appointment_request(note="call after four")
    token = token_of(make_link(Reference.rows.get(about_id=request.pk), at=NOON))
    assert keys_in_use() == {next(iter(writes))}
    settings.FIELD_KEYS = reads
    assert AppointmentRequest.rows.get().note == "call after four"
    assert Person.rows.reached_by(phones=["212 555 0177"]).get().full_name == "Maria Zzyzx"
    assert found_by(TokenKind.NAME, "zzyzx") == found_by(TokenKind.DIGITS, "0177")
    assert found_by(TokenKind.NAME, "zzyzx") == {request.person_id}
    assert open_link(token, at=NOON).reference.about_id == request.pk
    assert keys.are_at_hand()


def test_a_process_that_misses_the_newest_key_says_so_to_machines(db, client, settings):
    settings.REDIS_URL = ""
    pulses.beat(Pulse.SWEEPER, at=timezone.now())
    settings.FIELD_KEYS = OLD
    register(builders.intake(), at=NOON)
    settings.FIELD_KEYS = BOTH
    register(builders.intake(), at=timezone.now())
    assert client.get(reverse("healthz_queue")).json()["reasons"] == []
    settings.FIELD_KEYS = OLD
    found = client.get(reverse("healthz_queue"))
    assert (found.status_code, found.json()["reasons"]) == (503, ["keys"])
    assert client.get(reverse("healthz")).status_code == 200


@pytest.mark.django_db
def test_an_empty_site_misses_no_key():
    assert keys.are_at_hand()
