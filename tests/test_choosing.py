"""Choosing a colleague: pure and repeatable; room before language, language before load."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.appointments.models import AppointmentRequest
from clinic.people import roles
from clinic.people.choosing import Candidate, choose
from clinic.people.models import Absence, User
from tests import builders
from tests.builders import NOON, later

SECOND = timedelta(seconds=1)


def candidate(number=0, *, languages=("en",), open_count=0, capacity=20):
    return Candidate(uuid.UUID(int=number), frozenset(languages), open_count, capacity)


CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.integers(0, 2**64),
        languages=st.sets(st.sampled_from(["en", "es", "zh"])),
        open_count=st.integers(0, 30),
        capacity=st.integers(1, 20),
    ),
    max_size=8,
    unique_by=lambda one: one.user_id,
)
LANGUAGES = st.sampled_from(["en", "es", "ht"])


@given(st.lists(CANDIDATES, max_size=3), LANGUAGES, st.randoms())
def test_the_order_of_candidates_does_not_matter(tiers, language, random):
    named = [(f"tier {number}", people) for number, people in enumerate(tiers)]
    shuffled = [(name, random.sample(people, len(people))) for name, people in named]
    assert choose(named, language=language) == choose(shuffled, language=language)


@given(st.lists(CANDIDATES, max_size=3), LANGUAGES)
def test_somebody_is_chosen_whenever_there_is_anybody(tiers, language):
    named = [(f"tier {number}", people) for number, people in enumerate(tiers)]
    choice = choose(named, language=language)
    first = next((pair for pair in named if pair[1]), None)
    assert (choice is None) == (first is None)
    if choice and first:
        assert choice.tier == first[0]
        assert choice.user_id in {one.user_id for one in first[1]}
        assert choice.considered == len(first[1])


@given(CANDIDATES.filter(bool), LANGUAGES)
def test_room_comes_first_then_language_then_load(people, language):
    choice = choose([("tier", people)], language=language)
    chosen = next(one for one in people if one.user_id == choice.user_id)
    with_room = [one for one in people if one.has_room]
    assert chosen.has_room == bool(with_room)
    pool = with_room or people
    assert choice.speaks_language == any(language in one.languages for one in pool)
    equals = [one for one in pool if (language in one.languages) == choice.speaks_language]
    least = min(one.open_count / one.capacity for one in equals)
    assert chosen.open_count / chosen.capacity == least


def test_of_equals_the_smallest_id_is_chosen_in_whatever_order_they_come():
    equals = [candidate(number) for number in (3, 1, 2)]
    for people in (equals, equals[::-1]):
        assert choose([("tier", people)], language="en").user_id == uuid.UUID(int=1)


def test_nobody_waits_for_a_speaker():
    full, free = candidate(1, languages=["es"], open_count=20), candidate(2)
    choice = choose([("coordinator", [full, free])], language="es")
    assert (choice.user_id, choice.speaks_language) == (free.user_id, False)
    assert choose([("coordinator", [free])], language="ht").user_id == free.user_id


def test_the_reason_is_stored_as_codes():
    choice = choose([("a", []), ("b", [candidate(1, open_count=3, capacity=4)])], language="en")
    assert choice.as_codes() == {
        "user": str(uuid.UUID(int=1)),
        "tier": "b",
        "speaks_language": True,
        "open_count": 3,
        "capacity": 4,
        "considered": 1,
    }


@pytest.mark.django_db
def test_a_scheduler_who_is_away_is_chosen_only_when_nobody_is_there():
    sam = builders.colleague("sam", roles.SCHEDULER)
    tess = builders.colleague("tess", roles.SCHEDULER)
    Absence.objects.create(user=sam, starts_at=later(days=-1), ends_at=later(days=1))
    builders.appointment_request()
    builders.pay()
    Absence.objects.create(user=tess, starts_at=NOON, ends_at=later(days=1))
    builders.appointment_request()
    builders.pay()
    made = AppointmentRequest.rows.order_by("owner__email")
    assert [(one.owner, one.routing["tier"]) for one in made] == [
        (sam, "away"),
        (tess, "present"),
    ]


@pytest.mark.django_db
def test_an_absence_begins_and_ends_at_its_instants():
    sam = builders.colleague("sam", roles.SCHEDULER)
    Absence.objects.create(user=sam, starts_at=NOON, ends_at=later(hours=1))
    people = User.objects.with_role(roles.SCHEDULER)
    for at, away in (
        (NOON - SECOND, False),
        (NOON, True),
        (later(hours=1) - SECOND, True),
        (later(hours=1), False),
    ):
        assert people.present(at=at).exists() is not away


@pytest.mark.django_db
def test_who_holds_two_roles_is_counted_once():
    sam = builders.colleague("sam", roles.SCHEDULER, roles.COORDINATOR)
    for _number in range(2):
        builders.appointment_request()
        builders.pay()
    last = AppointmentRequest.rows.exclude(routing__open_count=0).get()
    assert (last.owner, last.routing["open_count"], last.routing["considered"]) == (sam, 1, 1)
