"""Text messages: to whom, when, what they say, and what happens when they do not arrive."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.audit.models import Event
from clinic.audit.recording import Actor, about
from clinic.outbox.codes import (
    MAX_ATTEMPTS,
    TEXT_RECEIVED,
    CallReason,
    EffectState,
    MessageChannel,
    MessageState,
)
from clinic.outbox.dispatch import dispatch
from clinic.outbox.messages import TEXT_KIND
from clinic.outbox.models import CallTask, Effect, Message
from clinic.outbox.refusals import Refused
from clinic.outbox.texting import console as sms_console
from clinic.outbox.texting import twilio as sms_twilio
from clinic.outbox.texting import words as sms
from clinic.outbox.texting.stopping import people_with, stop_texts
from clinic.people import consents, roles
from clinic.people.intake import contact_person
from clinic.people.models import Consent, Person, Reference
from clinic.people.models.person import ConsentKind
from clinic.signing.models import Text
from tests import builders, sms_carriers
from tests.builders import NOON, later, told
from tests.journeys import HEALTH, begin_appointment, hidden, open_house, page, send, signed_in
from tests.sms_carriers import INBOX, Inbox, carried_by

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _carrier(settings):
    settings.SMS = INBOX
    Inbox.taken.clear()


@pytest.fixture
def sam():
    return builders.colleague("sam", roles.SCHEDULER, full_name="Sam Rivera")


def agree(person, *, at=NOON):
    """She ticks the box about text messages."""
    version = consents.wordings([ConsentKind.SMS], "en", at=at)["sms"]
    return consents.give(person, kind=ConsentKind.SMS, version=version, given_by=person, at=at)


def texted(*, at=NOON, zone="", **ways):
    """A request of somebody who agreed to texts, told at an instant; and the text owed to her."""
    request, effect = told(people=builders.intake(**ways))
    person = contact_person(request.person)
    Person.rows.filter(pk=person.pk).update(time_zone=zone)
    agree(person)
    assert dispatch(effect.pk, at=at) is True
    return request, Effect.objects.get(kind=TEXT_RECEIVED, about_id=request.pk)


# -- What it says ----------------------------------------------------------------------------------
def test_a_text_says_who_calls_by_when_and_nothing_about_health(sam):
    request, effect = texted()
    assert dispatch(effect.pk, at=NOON) is True
    (sent,) = Inbox.taken
    spoken = Reference.rows.get(about_id=request.pk).spoken
    assert sent.to == "+12125550177"
    assert sent.text == (
        f"Riverside Center: we have your request {spoken}. By Thu, Nov 19, 11 a.m. Sam Rivera "
        "will call you. Questions: (212) 555-0120. STOP ends texts, HELP for help."
    )
    assert len(sent.text) <= 160
    assert sent.text.isascii(), "one text of 160 GSM characters, not three of 70"
    assert "http" not in sent.text
    assert HEALTH.search(sent.text) is None
    assert "Maria" not in sent.text
    message = Message.rows.get(effect=effect)
    assert (message.channel, message.status) == (MessageChannel.SMS, MessageState.SENT)
    assert message.text_version.text.kind == sms.KIND.code
    assert sent.report_to.endswith(reverse("machines:sms_report", args=[effect.pk]))


def test_it_is_sent_beside_the_mail(sam, mailoutbox):
    _request, effect = texted()
    dispatch(effect.pk, at=NOON)
    assert len(mailoutbox) == len(Inbox.taken) == 1
    assert not CallTask.rows.exists()


def test_without_mail_the_text_is_the_receipt(sam, mailoutbox):
    _request, effect = texted(email="")
    dispatch(effect.pk, at=NOON)
    assert mailoutbox == []
    assert len(Inbox.taken) == 1
    assert not CallTask.rows.exists()


def test_telling_twice_is_one_text(sam):
    _request, effect = texted()
    dispatch(effect.pk, at=NOON)
    Effect.objects.filter(pk=effect.pk).update(state=EffectState.PENDING)
    assert dispatch(effect.pk, at=NOON) is True
    assert len(Inbox.taken) == 1


# -- To whom ---------------------------------------------------------------------------------------
def no_consent(person, settings):
    Consent.rows.filter(kind=ConsentKind.SMS).update(revoked_at=NOON)


def switched_off(person, settings):
    settings.SMS = {}


def no_words(person, settings):
    Text.objects.filter(kind=sms.KIND.code, subject=sms.RECEIVED).update(taken_down_at=NOON)


def landline(person, settings):
    person.phone = "(212) 555-0177 ext. 4"
    person.save()


@pytest.mark.parametrize("spoil", [no_consent, switched_off, no_words, landline])
def test_who_may_not_be_texted_is_called_unless_she_has_mail(sam, settings, spoil):
    request, effect = texted(email="")
    spoil(request.person, settings)
    assert dispatch(effect.pk, at=NOON) is True
    assert Inbox.taken == []
    assert CallTask.rows.get().reason == CallReason.CONFIRM

    other, effect = told()
    spoil(other.person, settings)
    dispatch(effect.pk, at=NOON)
    assert not Effect.objects.filter(kind=TEXT_RECEIVED, about_id=other.pk).exists()
    assert not CallTask.rows.filter(about_id=other.pk).exists()


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("(212) 555-0177", "+12125550177"),
        ("(212) 555-0177 ext. 4", ""),
        ("(800) 555-0177", ""),
        ("(911) 555-0177", ""),
        ("(212) 155-0177", ""),
        ("(212) 911-0177", ""),
        ("+442079460958", ""),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_a_number_that_can_be_an_american_mobile(number, digits):
    assert sms.mobile_of(Person(phone=number)) == digits


def test_a_helper_agrees_for_the_phone_in_her_own_hand(sam):
    request, effect = told(people=builders.helped(email=""))
    helper = contact_person(request.person)
    version = consents.wordings([ConsentKind.SMS], "en", at=NOON)["sms"]
    consents.give(request.person, kind=ConsentKind.SMS, version=version, given_by=helper, at=NOON)
    dispatch(effect.pk, at=NOON)
    builders.pay()
    assert [one.to for one in Inbox.taken] == [sms.mobile_of(helper)]


def test_after_five_texts_an_hour_to_one_number_somebody_calls(sam):
    for _number in range(sms.TEXTS):
        _request, effect = texted(email="")
        dispatch(effect.pk, at=NOON)
    assert not CallTask.rows.exists()
    last, effect = texted(email="")
    dispatch(effect.pk, at=NOON)
    assert len(Inbox.taken) == sms.TEXTS
    assert CallTask.rows.get().about_id == last.pk


# -- When ------------------------------------------------------------------------------------------
def test_at_night_it_waits_for_the_morning_where_she_is(sam):
    night = later(hours=10)
    _request, effect = texted(at=night, zone="America/Los_Angeles")
    assert effect.due_at == night, "it is 7 pm in Los Angeles"
    _request, effect = texted(at=night)
    assert effect.due_at == later(hours=20), "8 am in New York"
    assert dispatch(effect.pk, at=night) is False
    effect.refresh_from_db()
    assert effect.attempts == 0


def test_a_sweeper_that_comes_late_wastes_no_try_and_wakes_nobody(sam):
    _request, effect = texted()
    assert dispatch(effect.pk, at=later(hours=10)) is False
    effect.refresh_from_db()
    assert Inbox.taken == []
    assert (effect.state, effect.attempts) == (EffectState.PENDING, 0)
    assert effect.due_at == later(hours=20)


def test_a_text_about_a_call_that_was_made_is_not_sent(sam):
    from clinic.appointments import verbs

    request, effect = texted(at=later(hours=10), email="")
    verbs.log_attempt(request, builders.tried(), by=sam, at=later(hours=19))
    assert dispatch(effect.pk, at=later(hours=20)) is True
    assert Inbox.taken == []
    assert not CallTask.rows.open().exists()


def test_who_changed_her_mind_gets_no_text(sam):
    from clinic.appointments import verbs

    request, effect = texted(at=later(hours=10))
    verbs.change_mind(request, by=Actor.person(request.person), at=later(hours=11))
    effect.refresh_from_db()
    assert effect.state == EffectState.VOID


# -- What does not arrive --------------------------------------------------------------------------
def test_a_number_that_is_refused_is_a_call_at_once(sam, settings):
    _request, effect = texted()
    settings.SMS = carried_by("RefusesForGood")
    assert dispatch(effect.pk, at=NOON) is True
    assert Message.rows.get(effect=effect).status == MessageState.FAILED
    assert CallTask.rows.get().reason == CallReason.MESSAGE_FAILED


def test_a_carrier_that_is_away_is_tried_again_and_then_a_call(sam, settings):
    _request, effect = texted()
    settings.SMS = carried_by("IsDown")
    assert dispatch(effect.pk, at=NOON) is False
    assert not CallTask.rows.exists()
    Effect.objects.filter(pk=effect.pk).update(attempts=MAX_ATTEMPTS - 1, due_at=NOON)
    assert dispatch(effect.pk, at=NOON) is True
    assert CallTask.rows.get().reason == CallReason.MESSAGE_FAILED


# -- Asking for the consent ------------------------------------------------------------------------
def test_the_page_asks_by_itself_and_unticked(client):
    open_house()
    builders.colleague("sam", roles.SCHEDULER)
    url = begin_appointment(client)
    content = page(client.get(url))
    box = re.search(r'<input[^>]*name="agree_sms"[^>]*>', content)[0]
    assert "checked" not in box
    assert "Answer STOP to end, HELP for help" in content
    assert "version_sms" in hidden(client.get(url))
    assert send(client, url, agree_sms="on").status_code == 302
    consent = Consent.rows.get(kind=ConsentKind.SMS)
    assert consent.given_by == Reference.rows.get().person


@pytest.mark.parametrize("why", ["off", "no words"])
def test_nobody_is_asked_for_what_is_not_there(client, settings, why):
    open_house()
    if why == "off":
        settings.SMS = {}
    else:
        Text.objects.filter(kind=sms.KIND.code).update(taken_down_at=NOON)
    url = begin_appointment(client)
    assert "agree_sms" not in page(client.get(url))
    assert send(client, url).status_code == 302


# -- No more texts ---------------------------------------------------------------------------------
def test_stopping_ends_texts_at_once_and_nothing_else(sam):
    request, _effect = texted(at=later(hours=10), email="")
    same, _effect = texted(at=later(hours=10), email="m@example.org")
    people = people_with("212 555 0177")
    assert {one.pk for one in people} == {request.person_id, same.person_id}
    assert stop_texts(people, by=Actor.person(people[0]), at=later(hours=11)) is True

    assert not consents.has_given(request.person, ConsentKind.SMS, at=later(hours=11))
    assert set(Effect.objects.filter(kind=TEXT_RECEIVED).values_list("state", flat=True)) == {
        EffectState.VOID
    }
    task = CallTask.rows.get()
    assert (task.about_id, task.reason) == (request.pk, CallReason.CONFIRM), "she has no mail"
    assert task.due_at == request.due_at
    request.refresh_from_db()
    assert request.is_open
    assert consents.has(request.person, ConsentKind.CONTACT, at=later(hours=11))
    assert Event.objects.filter(verb="revoke").count() == 2

    assert stop_texts(people, by=Actor.person(people[0]), at=later(hours=12)) is False
    assert Event.objects.filter(verb="revoke").count() == 2
    assert CallTask.rows.count() == 1


def test_a_colleague_records_a_spoken_stop(sam):
    request, _effect = texted()
    browser = signed_in(sam)
    detail = reverse("appointments:detail", args=[request.pk])
    assert "No more texts" in page(browser.get(detail))
    address = reverse("calls:stop_texts", args=[request.person_id])
    answer = browser.post(address, {"next": detail}, follow=True)
    assert answer.redirect_chain == [(detail, 302)]
    assert "No more texts are sent to this number." in page(answer)
    assert "No more texts</button>" not in page(browser.get(detail))
    assert "No texts were sent" in page(browser.post(address, {"next": detail}, follow=True))
    assert Event.objects.get(verb="revoke").actor_id == str(sam.pk)


def test_nobody_stops_the_texts_of_whom_she_does_not_see(sam):
    request, _effect = texted()
    chloe = builders.colleague("chloe", roles.COORDINATOR)
    address = reverse("calls:stop_texts", args=[request.person_id])
    assert signed_in(chloe).post(address).status_code == 404
    assert signed_in(builders.colleague("erin", roles.EDITOR)).post(address).status_code == 403
    assert consents.has_given(request.person, ConsentKind.SMS, at=NOON + timedelta(days=1))


def test_the_button_leads_back_to_our_pages_only(sam):
    request, _effect = texted()
    address = reverse("calls:stop_texts", args=[request.person_id])
    answer = signed_in(sam).post(address, {"next": "https://evil.example/"})
    assert answer.url == reverse("calls:list")


# -- The carriers ----------------------------------------------------------------------------------
def test_the_console_shows_two_digits_of_a_number(capsys):
    sms_console.Console().send(to="+12125550177", text="Hello", report_to="")
    assert capsys.readouterr().out == "Text message to **********77: Hello\n"


def carried_over(wire):
    carrier = sms_twilio.Twilio(**sms_carriers.TWILIO["OPTIONS"], http=wire)
    carrier.send(to="+12125550177", text="Hello", report_to="https://door.example/r")


def test_twilio_is_asked_to_send_and_to_report():
    wire = sms_carriers.Wire()
    carried_over(wire)
    ((method, uri, data),) = wire.asked
    assert (method, uri.rpartition("/")[2]) == ("POST", "Messages.json")
    assert data == {
        "To": "+12125550177",
        "From": "+15551234567",
        "Body": "Hello",
        "StatusCallback": "https://door.example/r",
    }


@pytest.mark.parametrize(
    ("status", "raised"),
    [(400, Refused), (401, sms_twilio.NotCarried), (429, OSError), (500, OSError)],
)
def test_what_twilio_refuses_is_sorted_and_its_words_are_dropped(status, raised):
    with pytest.raises(raised) as caught:
        carried_over(sms_carriers.Wire(status))
    assert "555" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_words_of_texts_are_no_words_of_mails():
    assert sms.KIND.code != TEXT_KIND.code
    assert "link" not in sms.KIND.placeholders


def test_events_hold_no_number(sam):
    request, effect = texted()
    dispatch(effect.pk, at=NOON)
    message = Message.rows.get(effect=effect)
    assert [one.verb for one in Event.objects.about(*about(message))] == ["send", "sent"]
    assert "0177" not in str([one.codes for one in Event.objects.all()])
    assert request.is_open
