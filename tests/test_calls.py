"""Calls that a named colleague owes: her list, done once, settled, handed over or void."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import verbs
from clinic.audit.models import Event
from clinic.audit.recording import VISITOR, Actor, about
from clinic.outbox import calls
from clinic.outbox.codes import CallState
from clinic.outbox.dispatch import dispatch
from clinic.outbox.models import CallTask
from clinic.people import roles
from clinic.people.models import Reference
from tests import builders
from tests.builders import NOON, later, told
from tests.journeys import page, signed_in

pytestmark = pytest.mark.django_db

LIST = "calls:list"


@pytest.fixture
def sam():
    return builders.colleague("sam", roles.SCHEDULER)


def owed_call(**changes):
    """A request of somebody without e-mail, and the call that its owner owes."""
    request = builders.appointment_request(people=builders.intake(email=""), **changes)
    builders.pay(changes.get("at", NOON))
    request.refresh_from_db()
    return request, CallTask.rows.get(about_id=request.pk)


# -- The list --------------------------------------------------------------------------------------
def test_a_call_leads_to_the_request_it_is_about(sam):
    request, _task = owed_call()
    content = page(signed_in(sam).get(reverse(LIST)))
    address = reverse("appointments:detail", args=[request.pk])
    assert f'<a href="{address}">Maria Zzyzx</a>' in content
    assert Reference.rows.get().spoken in content
    assert 'href="tel:2125550177"' in content


def test_a_call_about_a_case_leads_to_its_referral():
    play = builders.cast()
    made = builders.case(play.study, people=builders.intake(email=""))
    builders.pay()
    browser = signed_in(play.ana)
    address = reverse("desk:detail", args=[made.referrals.get().pk])
    assert f'<a href="{address}">Maria Zzyzx</a>' in page(browser.get(reverse(LIST)))
    assert browser.get(address).status_code == 200


def test_a_helper_whose_patient_does_not_know_yet_is_marked(sam):
    people = builders.helped(email="")
    unaware = replace(people, helper=replace(people.helper, patient_knows=False))
    builders.appointment_request(people=unaware)
    builders.pay()
    content = page(signed_in(sam).get(reverse(LIST)))
    assert "Hannah Zzyzx" in content
    assert "the patient does not know yet" in content


def test_done_is_done_by_a_verb_and_twice_says_so(sam):
    _request, task = owed_call(at=timezone.now())
    browser, address = signed_in(sam), reverse("calls:done", args=[task.pk])
    assert browser.get(address).status_code == 405
    assert "Done." in page(browser.post(address, follow=True))
    task.refresh_from_db()
    assert (task.status, task.ended_at is None) == (CallState.DONE, False)
    event = Event.objects.get(verb="called", about_id=task.pk)
    assert event.actor_id == str(sam.pk)
    assert (event.codes["from"], event.codes["to"]) == ("open", "done")
    again = page(browser.post(address, follow=True))
    assert "You already did this (" in again
    assert Event.objects.filter(verb="called").count() == 1
    assert "You owe no calls." in again


def test_a_call_that_she_made_needless_says_who_was_faster(sam):
    request, task = owed_call(at=timezone.now())
    browser = signed_in(sam)
    verbs.change_mind(request, by=Actor.person(request.person), at=timezone.now())
    said = page(browser.post(reverse("calls:done", args=[task.pk]), follow=True))
    assert "The patient was faster (" in said
    task.refresh_from_db()
    assert task.status == CallState.VOID


def test_a_call_of_another_is_not_hers_to_end(sam):
    _request, task = owed_call()
    other = builders.colleague("tess", roles.SCHEDULER)
    assert signed_in(other).post(reverse("calls:done", args=[task.pk])).status_code == 404
    task.refresh_from_db()
    assert task.status == CallState.OPEN


def test_whoever_takes_the_request_owes_its_call(sam):
    request, task = owed_call()
    tess = builders.colleague("tess", roles.SCHEDULER)
    verbs.take(request, by=tess, at=NOON)
    task.refresh_from_db()
    assert task.assigned_to == tess


# -- When it is over -------------------------------------------------------------------------------
def test_who_changed_her_mind_is_told_nothing_more(sam, mailoutbox):
    request, effect = told()
    verbs.change_mind(request, by=VISITOR, at=NOON)
    assert dispatch(effect.pk, at=later(days=1)) is False
    builders.pay(later(days=1))
    assert mailoutbox == []


def test_a_call_that_is_owed_is_void_when_she_changes_her_mind(sam):
    request, effect = told(people=builders.intake(email=""))
    dispatch(effect.pk, at=NOON)
    verbs.change_mind(request, by=VISITOR, at=later(hours=1))
    task = CallTask.rows.get()
    assert (task.status, task.ended_at) == (CallState.VOID, later(hours=1))


def test_reaching_her_settles_the_calls_about_her_request_only(sam):
    first, effect = told(people=builders.intake(email=""))
    dispatch(effect.pk, at=NOON)
    builders.appointment_request(people=builders.intake(email=""))
    builders.pay()
    assert CallTask.rows.open().count() == 2

    verbs.log_attempt(first, builders.tried(), by=sam, at=later(hours=1))

    (left,) = CallTask.rows.open()
    assert left.about_id != first.pk
    done = CallTask.rows.get(about_id=first.pk)
    assert (done.status, done.ended_at) == (CallState.DONE, later(hours=1))
    assert Event.objects.about(*about(done)).last().actor_id == str(sam.pk)


def test_a_voicemail_settles_nothing(sam):
    request, effect = told(people=builders.intake(email=""))
    dispatch(effect.pk, at=NOON)
    verbs.log_attempt(request, builders.tried("voicemail"), by=sam, at=NOON)
    assert CallTask.rows.open().exists()


def test_settling_what_is_settled_changes_nothing(sam):
    request, effect = told(people=builders.intake(email=""))
    dispatch(effect.pk, at=NOON)
    kind, request_id = about(request)
    calls.settle(about_kind=kind, about_id=request_id, by=Actor.staff(sam), at=NOON)
    before = Event.objects.count()
    calls.void(about_kind=kind, about_id=request_id, by=Actor.staff(sam), at=later(hours=1))
    assert CallTask.rows.get().status == CallState.DONE
    assert Event.objects.count() == before
