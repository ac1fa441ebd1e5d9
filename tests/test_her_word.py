"""What she says on the phone about her request: another number, or that she changed her mind."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.appointments import verbs
from clinic.appointments.models import AppointmentRequest
from clinic.audit.models import Event
from clinic.audit.recording import VISITOR
from clinic.outbox.calls import Call, owe_call
from clinic.outbox.codes import CallReason, EffectState
from clinic.outbox.models import CallTask, Effect
from clinic.people import roles
from clinic.people.intake import correct_contact
from clinic.people.models import Consent, Person, Reference
from referrals.desk.models import Case
from tests import builders
from tests.builders import NOON, cast, later
from tests.journeys import page, signed_in, title, words
from tests.races import at_once

pytestmark = pytest.mark.django_db

CORRECT, CHANGED, CALLS = "staff:correct", "staff:change_mind", "calls:list"
KINDS = ["appointment", "case"]
TYPED = {"phone": "212-555-0188", "email": "maria@example.org", "contact_note": "after four"}


@pytest.fixture
def play():
    return cast(at=timezone.now())


def made(play, kind, **changes):
    """A request of a kind, and the colleague who looks after it."""
    now = timezone.now()
    make = builders.appointment_request if kind == "appointment" else builders.case
    row = make(*[play.study][: kind == "case"], at=now, **changes)
    builders.pay(now)
    row.refresh_from_db()
    return row, row.owner


def address_of(row, owner):
    if isinstance(row, AppointmentRequest):
        return reverse("appointments:detail", args=[row.pk])
    return reverse("desk:detail", args=[row.referrals.get().pk])


def shown(content):
    """The state that the open page was filled from."""
    return re.search(r'name="shown" value="(\w+)"', content)[1]


def save(browser, person, **typed):
    """Open the page, type over it, save."""
    url = reverse(CORRECT, args=[person.pk])
    seen = shown(page(browser.get(url)))
    return browser.post(url, {**TYPED, "shown": seen, **typed})


def only_caller(row):
    """A colleague who sees nothing of a request but owes a call about it."""
    name, role = "carl", roles.COORDINATOR
    if isinstance(row, Case):
        role = roles.SCHEDULER
    carl = builders.colleague(name, role)
    call = Call(row, carl, later(hours=1))
    owe_call(call, person=row.person, reason=CallReason.CONFIRM, at=NOON, key="hers")
    return carl


# -- Another number --------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
def test_a_colleague_corrects_how_she_is_reached(play, kind):
    row, owner = made(play, kind)
    browser = signed_in(owner)
    there = page(browser.get(address_of(row, owner)))
    assert reverse(CORRECT, args=[row.person_id]) in there
    saved = save(browser, row.person)
    assert saved.url == address_of(row, owner)
    person = Person.rows.get()
    assert (person.phone, person.contact_note) == ("(212) 555-0188", "after four")
    assert Person.rows.reached_by(phones=["212 555 0188"]).get() == person
    event = Event.objects.get(verb="correct_contact")
    assert (event.actor_kind, event.actor_id) == ("staff", str(owner.pk))
    assert set(event.codes["fields"]) == {"phone", "contact_note"}
    assert Event.objects.filter(verb="read", about_id=person.pk, actor_id=str(owner.pk)).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_who_only_owes_the_call_may_correct_it_and_comes_back_to_her_calls(play, kind):
    row, _owner = made(play, kind)
    carl = only_caller(row)
    browser = signed_in(carl)
    assert reverse(CORRECT, args=[row.person_id]) in page(browser.get(reverse(CALLS)))
    assert save(browser, row.person).url == reverse(CALLS)
    assert Person.rows.get().phone == "(212) 555-0188"


def test_the_helper_s_number_is_corrected_apart_from_the_patient_s(play):
    row, owner = made(play, "case", people=builders.helped())
    helper = row.person.helpers.get().person
    save(signed_in(owner), helper)
    helper.refresh_from_db()
    assert helper.phone == "(212) 555-0188"
    assert Person.rows.get(pk=row.person_id).phone == ""


def test_one_way_to_reach_her_must_remain_and_all_typed_is_kept(play):
    row, owner = made(play, "appointment")
    refused = save(signed_in(owner), row.person, phone="", email="", contact_note="ask Jo")
    assert refused.status_code == 422
    assert title(refused).startswith("Error:")
    assert "Ask for one way to reach them" in words(refused)
    assert 'href="#id_phone"' in page(refused)
    assert "ask Jo" in page(refused)
    assert Person.rows.get().phone == "(212) 555-0177"


@pytest.mark.parametrize("typed", ["call <me>", "\0abc", "1" * 5000])
def test_a_number_that_is_none_is_refused_in_words(play, typed):
    row, owner = made(play, "appointment")
    refused = save(signed_in(owner), row.person, phone=typed)
    assert refused.status_code == 422
    assert Person.rows.get().phone == "(212) 555-0177"


def test_what_she_corrected_meanwhile_is_not_overwritten_by_an_old_page(play):
    row, owner = made(play, "appointment")
    browser, url = signed_in(owner), reverse(CORRECT, args=[row.person_id])
    seen = shown(page(browser.get(url)))
    hers = Person.rows.get()
    correct_contact(hers, {"email": "new@example.org"}, by=VISITOR, at=timezone.now())
    refused = browser.post(url, {**TYPED, "shown": seen})
    assert refused.status_code == 422
    content = page(refused)
    assert "This was changed while you had the page open." in content
    assert "new@example.org" in content, "what we have now"
    assert 'value="212-555-0188"' in content, "what she typed"
    assert Person.rows.get().email == "new@example.org"
    again = browser.post(url, {**TYPED, "shown": shown(content), "email": "new@example.org"})
    assert again.status_code == 302
    assert Person.rows.get().phone == "(212) 555-0188"


def test_a_double_click_saves_once_and_complains_of_nothing(play):
    row, owner = made(play, "appointment")
    browser, url = signed_in(owner), reverse(CORRECT, args=[row.person_id])
    typed = {**TYPED, "shown": shown(page(browser.get(url)))}
    assert [browser.post(url, typed).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(verb="correct_contact").count() == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["postal_address", "contact_note"])
def test_urgent_words_in_a_box_mark_the_request_and_owe_a_call(play, kind, name):
    row, owner = made(play, kind)
    save(signed_in(owner), row.person, **{name: "I want to die"})
    row.refresh_from_db()
    assert row.urgent_words_at
    assert Effect.objects.filter(kind="people.urgent", about_id=row.pk).count() == 1


# -- She has changed her mind ----------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
def test_a_colleague_writes_down_that_she_changed_her_mind(play, kind):
    row, owner = made(play, kind)
    browser, url = signed_in(owner), reverse(CHANGED, args=[row.person_id])
    assert url in page(browser.get(address_of(row, owner)))
    asked = words(browser.get(url))
    assert "Has Maria Zzyzx changed her mind?" in asked
    assert Reference.rows.get().spoken in asked
    assert type(row).rows.get().is_open, "a look ends nothing"
    assert browser.post(url).url == address_of(row, owner)
    assert not type(row).rows.get().is_open
    assert not Consent.rows.filter(revoked_at=None).exists()
    assert not Effect.objects.about(*_pair(row)).filter(state=EffectState.PENDING).exists()
    (event,) = Event.objects.filter(verb="change_mind")
    assert (event.actor_kind, event.actor_id) == ("staff", str(owner.pk))
    assert url not in page(browser.get(address_of(row, owner)))


def _pair(row):
    reference = Reference.rows.get(about_id=row.pk)
    return reference.about_kind, reference.about_id


@pytest.mark.parametrize("kind", KINDS)
def test_who_only_owes_the_call_may_write_it_down_and_owes_it_no_more(play, kind):
    row, _owner = made(play, kind)
    browser, url = signed_in(only_caller(row)), reverse(CHANGED, args=[row.person_id])
    assert url in page(browser.get(reverse(CALLS)))
    assert browser.post(url).url == reverse(CALLS)
    assert not type(row).rows.get().is_open
    assert not CallTask.rows.open().exists()


def test_twice_is_once(play):
    row, owner = made(play, "appointment")
    browser, url = signed_in(owner), reverse(CHANGED, args=[row.person_id])
    assert [browser.post(url).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(verb="change_mind").count() == 1


@pytest.mark.django_db(transaction=True)
def test_she_and_a_colleague_at_once_end_it_once():
    play = cast(at=timezone.now())
    row, owner = made(play, "appointment")
    url, browser = reverse(CHANGED, args=[row.person_id]), signed_in(owner)
    hers = AppointmentRequest.rows.select_related("person").get()
    says = [
        lambda: browser.post(url),
        lambda: verbs.change_mind(hers, by=VISITOR, at=timezone.now()),
    ]
    at_once(lambda number: says[number](), threads=2)
    assert not AppointmentRequest.rows.get().is_open
    assert Event.objects.filter(verb="change_mind").count() == 1


# -- Who may not -----------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [CORRECT, CHANGED])
def test_who_has_nothing_to_do_with_her_finds_nobody(play, name):
    row, _owner = made(play, "case")
    url = reverse(name, args=[row.person_id])
    for user, status in ((play.chloe, 404), (play.sam, 404), (play.erin, 403), (play.alex, 403)):
        browser = signed_in(user)
        assert {browser.get(url).status_code, browser.post(url, TYPED).status_code} == {status}
    assert Client().post(url).url.startswith(reverse("staff:sign_in"))
    assert Case.rows.get().is_open
