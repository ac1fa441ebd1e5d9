"""A message for a colleague whom somebody asked for on the phone: one call, and nothing shown."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.clock import is_open
from clinic.encryption import encrypt
from clinic.outbox.calls import make
from clinic.outbox.codes import CallReason
from clinic.outbox.models import CallTask
from clinic.people.find import search as finding
from clinic.people.find.search import NobodyToTell, pass_message
from clinic.people.models import Reference
from clinic.places import centre as places
from referrals.desk import verbs
from tests import builders
from tests.builders import NOON, later
from tests.journeys import hidden, page, signed_in, words
from tests.races import at_once

FIND, MESSAGE = reverse("staff:find"), reverse("staff:pass_message")


@pytest.fixture
def play(db):
    return builders.cast()


@pytest.fixture
def maria(play):
    """Ana has her in hand."""
    case = builders.case(play.study)
    builders.pay()
    case.refresh_from_db()
    assert case.owner == play.ana
    return case


def looks(user, query):
    """What a colleague sees after typing into the box."""
    return signed_in(user).post(FIND, {"query": query})


def reference_of(case):
    return Reference.rows.get(about_id=case.pk)


def test_a_message_becomes_a_call_that_the_owner_owes(play, maria):
    browser = signed_in(play.chloe)
    sent = hidden(browser.post(FIND, {"query": "Maria 0177"}))
    response = browser.post(MESSAGE, sent, follow=True)
    assert "Ana will call her back." in words(response)
    assert "Maria" not in page(response)
    task = CallTask.rows.get(reason=CallReason.CALL_BACK)
    assert (task.assigned_to, task.person, task.about_id) == (play.ana, maria.person, maria.pk)
    assert is_open(task.due_at, places.schedule())
    assert "She called and asked for you" in words(signed_in(play.ana).get(reverse("calls:list")))
    event = Event.objects.get(verb="owe_call", about_id=task.pk)
    assert event.actor_id == str(play.chloe.pk)


def test_however_often_and_through_whomever_she_asks_it_is_one_call_an_hour(play, maria):
    reference, asked = reference_of(maria), CallTask.rows.filter(reason=CallReason.CALL_BACK)
    for who, minutes in ((play.chloe, 0), (play.chloe, 1), (play.sam, 59)):
        assert pass_message(reference.pk, by=who, at=later(minutes=minutes)) == play.ana
    assert asked.count() == 1
    assert Event.objects.filter(verb="owe_call").count() == 1
    pass_message(reference.pk, by=play.chloe, at=later(minutes=60))
    assert asked.count() == 2


def test_who_asks_again_after_the_call_is_called_again(play, maria):
    reference, asked = reference_of(maria), CallTask.rows.filter(reason=CallReason.CALL_BACK)
    pass_message(reference.pk, by=play.chloe, at=NOON)
    make(asked.get(), by=play.ana, at=later(minutes=5))
    for _click in range(2):
        pass_message(reference.pk, by=play.chloe, at=later(minutes=6))
    assert (asked.count(), asked.open().count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_are_one_message():
    play = builders.cast()
    case = builders.case(play.study)
    builders.pay()
    reference = reference_of(case)
    at_once(lambda _number: pass_message(reference.pk, by=play.chloe, at=NOON))
    assert CallTask.rows.filter(reason=CallReason.CALL_BACK).count() == 1


def test_a_message_for_a_request_that_has_ended_is_refused(play, maria):
    browser = signed_in(play.chloe)
    sent = hidden(browser.post(FIND, {"query": "Maria 0177"}))
    verbs.change_mind(maria, by=finding.Actor.person(maria.person), at=NOON)
    assert "Nobody looks after this any more." in words(browser.post(MESSAGE, sent, follow=True))
    assert not CallTask.rows.filter(reason=CallReason.CALL_BACK).exists()
    with pytest.raises(NobodyToTell):
        pass_message(uuid.uuid4(), by=play.chloe, at=NOON)


def test_a_message_goes_to_the_team_when_the_owner_has_left(play, maria):
    play.ana.is_active = False
    play.ana.save()
    told = pass_message(reference_of(maria).pk, by=play.chloe, at=NOON)
    assert told == play.lena


def test_the_page_of_one_colleague_passes_no_message_of_another(play, maria):
    sent = hidden(looks(play.chloe, "Maria 0177"))
    for who, values in (
        (play.sam, sent),
        (play.chloe, sent | {"for": ""}),
        (play.chloe, sent | {"for": sent["for"][:-4] + "AAAA"}),
        (play.chloe, sent | {"for": str(reference_of(maria).pk)}),
        (play.chloe, {}),
    ):
        response = signed_in(who).post(MESSAGE, values, follow=True)
        assert "This page has grown old." in words(response)
    assert not CallTask.rows.filter(reason=CallReason.CALL_BACK).exists()


@pytest.mark.parametrize(("minutes", "passed"), [(14, 1), (16, 0)])
def test_the_page_passes_messages_for_a_quarter_of_an_hour(play, maria, minutes, passed):
    sealed_at = timezone.now() - timedelta(minutes=minutes)
    data = {"reference": str(reference_of(maria).pk), "user": str(play.chloe.pk)}
    content = json.dumps({"at": sealed_at.isoformat(), "data": data})
    values = {"for": encrypt(content, place="cookie.directory")}
    signed_in(play.chloe).post(MESSAGE, values)
    assert CallTask.rows.filter(reason=CallReason.CALL_BACK).count() == passed


def test_a_message_is_never_passed_by_an_address(play):
    assert signed_in(play.ana).get(MESSAGE).status_code == 405
