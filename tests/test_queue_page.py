"""The queue as colleagues and machines see it: who is alive, what waits, what needs a person."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.outbox.codes import EffectState, Pulse, Resolution
from clinic.outbox.ledger import Owed, owe
from clinic.outbox.models import Effect
from clinic.outbox.watch import ages, pulses, state
from clinic.outbox.watch.canary import CANARY
from clinic.people import roles
from tests import builders
from tests.breaking import database_fails_at
from tests.builders import NOON, later
from tests.journeys import hidden, page, signed_in, title, words

pytestmark = pytest.mark.django_db

LIST, MACHINES = "queue:list", "healthz_queue"
LENA = "lena@example.org"
SENTENCE = "Messages may be late; your lists are complete."


@pytest.fixture(autouse=True)
def _no_broker(settings):
    """Whatever this run names, each test says itself whether there is a broker."""
    settings.REDIS_URL = ""


@pytest.fixture
def lena():
    return builders.colleague("lena", roles.LEAD)


@pytest.fixture
def alex():
    return builders.colleague("alex", roles.ADMINISTRATOR)


@pytest.fixture
def sam():
    return builders.colleague("sam", roles.SCHEDULER)


def owed(kind="test.kind", *, key="", about=None, at=None):
    about, at = about or builders.colleague("subject"), at or timezone.now()
    with transaction.atomic():
        owe(Owed(kind, about, key), at=at)
    return Effect.objects.get(kind=kind, about_id=about.pk, key__endswith=f":{key}")


def given_up(**changes):
    """An effect in quarantine, past the tries that would bring it there."""
    effect = owed(**changes)
    effect.state, effect.attempts = EffectState.QUARANTINED, 12
    effect.last_error, effect.ended_at = "OSError", timezone.now()
    effect.save()
    return effect


def all_alive(*, at=None):
    for pulse in Pulse:
        pulses.beat(pulse, at=at or timezone.now())


def settle(browser, effect, resolution):
    address = reverse("queue:resolve", args=[effect.pk])
    return browser.post(address, {f"{effect.pk}-resolution": resolution}, follow=True)


# -- The page --------------------------------------------------------------------------------------
def test_the_page_says_that_all_is_well(lena):
    all_alive()
    response = signed_in(lena).get(reverse(LIST))
    content = words(response)
    assert (response.status_code, title(response)) == (200, "Queue")
    assert re.search(r"Sweeper alive last sign of life \d+ seconds? ago", content)
    assert "Worker not used here" in content
    assert "Nothing was given up." in content


def test_silence_is_told_in_words(lena, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    now = timezone.now()
    pulses.beat(Pulse.SWEEPER, at=now - timedelta(seconds=90))
    pulses.beat(Pulse.WORKER, at=now - timedelta(minutes=10))
    content = words(signed_in(lena).get(reverse(LIST)))
    assert re.search(r"Sweeper late last sign of life \d+ seconds ago", content)
    assert "Worker silent last sign of life 10 minutes ago" in content
    assert "Fast path, from commit to worker never seen" in content
    assert "The fast path is silent." in content


def test_kinds_that_nobody_knows_are_counted_and_shown(lena):
    for key in "ab":
        owed("test.unknown", key=key)
    content = words(signed_in(lena).get(reverse(LIST)))
    assert "test.unknown 2 waiting: this version of the site does not know this kind." in content


def test_the_oldest_that_is_due_is_told(lena):
    owed(CANARY, at=timezone.now() - timedelta(minutes=7))
    content = words(signed_in(lena).get(reverse(LIST)))
    assert "waiting for 7 minutes" in content
    assert "Something has been waiting for more than five minutes." in content


def test_what_was_given_up_is_there_with_both_ways_on(lena):
    effect = given_up(kind=CANARY)
    content = page(signed_in(lena).get(reverse(LIST)))
    assert "Trying whether the worker hears" in content
    assert "after 12 tries" in content
    assert "OSError" in content
    for name in ("retry", "resolve"):
        assert f'action="{reverse(f"queue:{name}", args=[effect.pk])}"' in content


def test_each_form_of_the_page_has_ids_of_its_own(lena):
    for key in "ab":
        given_up(key=key)
    found = re.findall(r'\bid="([^"]+)"', page(signed_in(lena).get(reverse(LIST))))
    assert len(found) == len(set(found))
    assert sum(one.endswith("-resolution") for one in found) == 2


def test_the_request_is_linked_for_who_may_see_it_and_nobody_is_named(alex):
    builders.cast()
    request = builders.appointment_request()
    given_up(kind="appointments.tell", about=request)
    address = reverse("appointments:detail", args=[request.pk])
    both = builders.colleague("both", roles.LEAD, roles.SCHEDULER)
    for user, is_linked in ((both, True), (alex, False)):
        content = page(signed_in(user).get(reverse(LIST)))
        assert (address in content) is is_linked
        assert "Telling a person who will call about an appointment" in content
        assert not re.search("Maria|Zzyzx|0177", content)


@pytest.mark.parametrize("role", [roles.COORDINATOR, roles.SCHEDULER, roles.EDITOR, roles.REVIEWER])
def test_the_queue_is_not_for_everybody(role):
    browser, effect = signed_in(builders.colleague("ana", role)), given_up()
    assert browser.get(reverse(LIST)).status_code == 403
    for name in ("retry", "resolve"):
        address = reverse(f"queue:{name}", args=[effect.pk])
        assert browser.post(address).status_code == 403
        assert Client().post(address).status_code == 302
    assert Effect.objects.get().state == EffectState.QUARANTINED


def test_what_changes_something_is_posted_and_about_a_row_that_is_there(lena):
    browser, effect = signed_in(lena), given_up()
    for name in ("retry", "resolve"):
        assert browser.get(reverse(f"queue:{name}", args=[effect.pk])).status_code == 405
        assert browser.post(reverse(f"queue:{name}", args=[uuid.uuid4()])).status_code == 404


def test_trying_again_twice_says_so(lena):
    browser, effect = signed_in(lena), given_up(kind=CANARY)
    address = reverse("queue:retry", args=[effect.pk])
    said = words(browser.post(address, follow=True))
    assert "It is tried again now: Trying whether the worker hears." in said
    assert "You already did this (" in words(browser.post(address, follow=True))
    effect.refresh_from_db()
    assert (effect.state, effect.attempts) == (EffectState.PENDING, 0)
    assert Event.objects.filter(verb="retry").count() == 1


def test_who_is_second_hears_who_was_first(lena, alex):
    effect = given_up()
    signed_in(lena).post(reverse("queue:retry", args=[effect.pk]))
    assert "Lena was faster (" in words(settle(signed_in(alex), effect, Resolution.CALLED))
    effect.refresh_from_db()
    assert (effect.state, effect.resolution) == (EffectState.PENDING, "")


def test_settling_takes_it_off_the_page(lena):
    browser, effect = signed_in(lena), given_up()
    said = words(settle(browser, effect, Resolution.CALLED))
    assert "Settled: test.kind." in said
    assert "Nothing was given up." in said
    effect.refresh_from_db()
    assert (effect.state, effect.resolution) == (EffectState.VOID, Resolution.CALLED)
    assert "You already did this (" in words(settle(browser, effect, Resolution.CALLED))


@pytest.mark.parametrize("typed", ["", "nonsense", "\0", "x" * 10_000])
def test_settling_needs_a_reason(lena, typed):
    effect = given_up()
    response = settle(signed_in(lena), effect, typed)
    assert response.status_code == 422
    assert title(response).startswith("Error:")
    assert f'href="#id_{effect.pk}-resolution"' in page(response)
    effect.refresh_from_db()
    assert effect.state == EffectState.QUARANTINED
    assert not Event.objects.filter(verb="resolve").exists()


def test_a_longer_list_says_that_more_follow(lena, monkeypatch):
    monkeypatch.setattr("clinic.outbox.watch.reading.SHOWN", 1)
    for key in "ab":
        given_up(key=key)
    content = words(signed_in(lena).get(reverse(LIST)))
    assert content.count("Given up ") == 1
    assert "More follow when they are settled." in content


# -- The staff index -------------------------------------------------------------------------------
def test_keepers_always_hear_how_the_queue_is(lena, alex):
    all_alive()
    for user in (lena, alex):
        content = page(signed_in(user).get(reverse("staff:index")))
        assert "Messages and routing run well." in content
        assert f'href="{reverse(LIST)}"' in content


def test_keepers_hear_what_needs_a_person(lena):
    all_alive()
    given_up()
    content = words(signed_in(lena).get(reverse("staff:index")))
    assert "1 thing could not be done and needs a person." in content
    assert "Queue 1" in content


def test_the_others_hear_of_it_when_something_is_wrong_only(sam):
    all_alive()
    given_up()
    browser = signed_in(sam)
    assert SENTENCE not in page(browser.get(reverse("staff:index")))
    pulses.beat(Pulse.SWEEPER, at=timezone.now() - timedelta(minutes=3))
    content = page(browser.get(reverse("staff:index")))
    assert SENTENCE in content
    assert reverse(LIST) not in content


# -- The word for machines -------------------------------------------------------------------------
def numbers(client):
    response = client.get(reverse(MACHINES))
    return response.status_code, json.loads(response.content)


def test_machines_hear_that_all_is_well(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    all_alive()
    owed(CANARY)
    given_up()
    status, found = numbers(client)
    assert (status, found["reasons"], found["has_broker"]) == (200, [], True)
    assert set(found) == {"reasons", "pulse_ages_seconds", "has_broker"}
    assert set(found["pulse_ages_seconds"]) == {"sweeper", "worker", "fast_path"}


@pytest.mark.parametrize(
    ("pulse", "reason"), [(Pulse.SWEEPER, "sweeper"), (Pulse.FAST_PATH, "fast_path")]
)
def test_a_silent_part_is_named(client, settings, pulse, reason):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    all_alive()
    pulses.beat(pulse, at=timezone.now() - timedelta(seconds=121))
    status, found = numbers(client)
    assert (status, found["reasons"]) == (503, [reason])


def test_a_dead_sweeper_is_not_taken_for_a_dead_fast_path(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    all_alive()
    for pulse in (Pulse.SWEEPER, Pulse.FAST_PATH):
        pulses.beat(pulse, at=timezone.now() - timedelta(seconds=121))
    assert numbers(client)[1]["reasons"] == ["sweeper"]


def test_without_a_broker_the_fast_path_may_be_silent(client):
    pulses.beat(Pulse.SWEEPER, at=timezone.now())
    assert numbers(client)[0] == 200


def test_who_never_gave_a_sign_of_life_is_silent(client):
    status, found = numbers(client)
    assert (status, found["reasons"]) == (503, ["sweeper"])
    assert found["pulse_ages_seconds"]["sweeper"] is None


def test_what_waits_too_long_is_a_reason(client):
    all_alive()
    owed(CANARY, at=timezone.now() - timedelta(seconds=400))
    status, found = numbers(client)
    assert (status, found["reasons"]) == (503, ["overdue"])


def test_unknown_kinds_are_counted_and_no_alarm(client):
    all_alive()
    owed("test.unknown", at=timezone.now() - timedelta(hours=1))
    assert numbers(client)[0] == 200
    seen = state.look(at=timezone.now())
    assert (seen.unknown, seen.oldest) == ({"test.unknown": 1}, timedelta(0))


@pytest.mark.parametrize(
    ("door", "field", "value"),
    [("requests:again", "reach", "maria@example.org"), ("staff:forgot", "email", LENA)],
)
def test_a_stranger_does_not_see_by_it_whom_we_know(client, lena, door, field, value):
    builders.appointment_request()
    all_alive()
    before, waiting = numbers(client), state.look(at=timezone.now()).waiting
    client.post(reverse(door), hidden(client.get(reverse(door))) | {field: value})
    assert state.look(at=timezone.now()).waiting == waiting + 1, "else this shows nothing"
    after = numbers(client)
    for _status, found in (before, after):
        assert all(age < 60 for age in found.pop("pulse_ages_seconds").values())
    assert after == before


def test_the_word_for_machines_is_read_only_uncached_and_without_a_cookie(client):
    response = client.get(reverse(MACHINES))
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert client.head(reverse(MACHINES)).content == b""
    assert client.post(reverse(MACHINES)).status_code == 405


def test_without_the_database_machines_hear_so(client):
    with database_fails_at("outbox_effect"):
        status, found = numbers(client)
    assert (status, found) == (503, {"reasons": ["database"]})


def test_what_is_due_later_is_not_overdue():
    owed(CANARY, at=NOON)
    Effect.objects.update(due_at=later(hours=1))
    assert state.look(at=later(minutes=59)).oldest == timedelta(0)
    assert state.look(at=later(minutes=61)).oldest == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ({"seconds": 1}, "1 second"),
        ({"seconds": 119}, "119 seconds"),
        ({"seconds": 120}, "2 minutes"),
        ({"minutes": 119}, "119 minutes"),
        ({"hours": 2}, "2 hours"),
        ({"hours": 47}, "47 hours"),
        ({"hours": 48}, "2 days"),
    ],
)
def test_an_age_is_one_number_and_its_unit(units, said):
    assert ages.in_words(timedelta(**units)) == said
