"""What people text to us: STOP and HELP at once, everything else unread; genuine requests only."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from twilio.request_validator import RequestValidator

from clinic.appointments import verbs as appointment_verbs
from clinic.audit.models import Event
from clinic.audit.recording import Actor, about
from clinic.outbox import calls
from clinic.outbox.codes import TEXT_RECEIVED, CallReason, MessageState
from clinic.outbox.models import CallTask, Effect, Message
from clinic.outbox.texting import words as sms
from clinic.outbox.texting.inbound import ANSWERS, receive
from clinic.outbox.texting.keywords import Word
from clinic.outbox.texting.providers import Inbound
from clinic.people import consents, roles
from clinic.people.models.person import ConsentKind
from clinic.places.models import ContactPoint
from clinic.signing.models import Text
from tests import builders
from tests.builders import NOON, later, told
from tests.journeys import HEALTH, open_house
from tests.races import at_once
from tests.sms_carriers import INBOX, TOKEN, TWILIO, carried_by

NUMBER = "+12125550177"
INBOUND = "machines:sms_inbound"


@pytest.fixture(autouse=True)
def _carrier(settings):
    settings.SMS = TWILIO


def agreed_to_texts(*, at=NOON, **ways):
    """A routed request of somebody who agreed to texts."""
    builders.colleague("sam", roles.SCHEDULER)
    request, _effect = told(people=builders.intake(**ways))
    version = consents.wordings([ConsentKind.SMS], "en", at=at)["sms"]
    consents.give(
        request.person, kind=ConsentKind.SMS, version=version, given_by=request.person, at=at
    )
    return request


def signed(name, values, *, args=(), token=TOKEN, **headers):
    """A request as Twilio makes it."""
    path = reverse(name, args=args)
    signature = RequestValidator(token).compute_signature(f"http://testserver{path}", values)
    return Client(enforce_csrf_checks=True).post(
        path, values, headers={"X-Twilio-Signature": signature, **headers}
    )


# -- Doing -----------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_stop_ends_texts_once_and_keeps_the_request():
    request = agreed_to_texts()
    said = receive(Inbound(NUMBER, "Stop"), at=NOON)
    assert "you will get no more texts" in said
    assert not consents.has_given(request.person, ConsentKind.SMS, at=NOON)
    assert receive(Inbound(NUMBER, "Stop"), at=later(minutes=1)) == "", "one confirmation"
    request.refresh_from_db()
    assert request.is_open
    event = Event.objects.filter(verb="text").first()
    assert event.codes == {"word": "STOP"}


@pytest.mark.django_db
def test_start_does_not_agree_for_her():
    request = agreed_to_texts()
    receive(Inbound(NUMBER, "STOP"), at=NOON)
    assert "tell us on the phone: (212) 555-0100" in receive(Inbound(NUMBER, "START"), at=NOON)
    assert not consents.has_given(request.person, ConsentKind.SMS, at=NOON)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["HELP", "Thank you", "STOP", "START"])
def test_whoever_we_do_not_know_learns_nothing(text):
    builders.centre()
    said = receive(Inbound("+12125550100", text), at=NOON)
    assert (said == "") == (text == "STOP"), "there was nothing to end"
    assert not Event.objects.filter(verb="text").exists()


@pytest.mark.django_db
def test_without_approved_words_nothing_is_said():
    agreed_to_texts()
    Text.objects.filter(kind=sms.KIND.code).update(taken_down_at=NOON)
    assert receive(Inbound(NUMBER, "HELP"), at=NOON) == ""


@pytest.mark.django_db
def test_two_machines_do_not_talk_for_ever():
    agreed_to_texts()
    said = [receive(Inbound(NUMBER, "Hello"), at=NOON) for _time in range(ANSWERS + 1)]
    assert all(said[:-1])
    assert said[-1] == ""


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["I can't breathe", "no puedo respirar", "Stop, I can't breathe"])
def test_urgent_words_are_a_call_and_are_stored_nowhere(text):
    request = agreed_to_texts()
    for _time in range(2):
        receive(Inbound(NUMBER, text), at=later(minutes=5))
    builders.pay(later(minutes=5))
    task = CallTask.rows.get(reason=CallReason.URGENT)
    request.refresh_from_db()
    assert request.urgent_words_at == later(minutes=5)
    assert task.about_id == request.pk
    assert task.due_at < request.due_at
    assert "breathe" not in str([one.codes for one in Event.objects.all()])


NUMBERS = "In danger call 911. Day or night: (212) 555-0111."


@pytest.mark.django_db
def test_urgent_words_are_answered_with_the_numbers_however_often():
    agreed_to_texts()
    for _time in range(ANSWERS + 2):
        said = receive(Inbound(NUMBER, "I can't breathe"), at=NOON)
        assert NUMBERS in said
        assert "988" in said
    assert NUMBERS in receive(Inbound("+12125550100", "chest pain"), at=NOON), "a stranger, too"


@pytest.mark.django_db
def test_urgent_words_are_answered_in_her_language():
    builders.centre(languages=["en", "es"])
    agreed_to_texts(language="es")
    said = receive(Inbound(NUMBER, "no puedo respirar"), at=NOON)
    assert "En peligro llame al 911" in said
    assert len(said) <= 160
    assert said.isascii()
    assert HEALTH.search(said) is None


@pytest.mark.django_db
def test_stop_with_urgent_words_does_both():
    request = agreed_to_texts()
    for minutes in (0, 1):
        said = receive(Inbound(NUMBER, "Stop, I can't breathe"), at=later(minutes=minutes))
        assert NUMBERS in said
    assert not consents.has_given(request.person, ConsentKind.SMS, at=NOON)
    builders.pay(later(minutes=1))
    assert CallTask.rows.filter(about_id=request.pk, reason=CallReason.URGENT).exists()


@pytest.mark.django_db
def test_help_alone_is_the_carriers_word_and_no_alarm():
    agreed_to_texts()
    said = receive(Inbound(NUMBER, "HELP"), at=NOON)
    assert "nobody reads texts here" in said
    assert "In danger call 911" in said
    assert not Effect.objects.filter(kind="people.urgent").exists()
    assert NUMBERS in receive(Inbound(NUMBER, "please help me"), at=NOON)


@pytest.mark.django_db
def test_without_its_own_words_the_others_name_the_emergency_number():
    agreed_to_texts()
    Text.objects.filter(kind=sms.KIND.code, subject=Word.URGENT).update(taken_down_at=NOON)
    assert "call 911" in receive(Inbound(NUMBER, "I can't breathe"), at=NOON)


@pytest.mark.django_db
def test_without_a_night_line_the_main_number_is_given():
    agreed_to_texts()
    ContactPoint.objects.filter(role="night").delete()
    assert "(212) 555-0100" in receive(Inbound(NUMBER, "I can't breathe"), at=NOON)


@pytest.mark.django_db
def test_who_has_no_open_request_is_called_about_her_newest():
    first = agreed_to_texts()
    second = builders.appointment_request(at=later(minutes=1))
    for one in (first, second):
        appointment_verbs.change_mind(one, by=Actor.person(one.person), at=later(minutes=2))
    receive(Inbound(NUMBER, "I can't breathe"), at=later(days=1))
    builders.pay(later(days=1))
    made = CallTask.rows.filter(reason=CallReason.URGENT)
    assert second.pk in set(made.values_list("about_id", flat=True))
    assert first.person_id != second.person_id, "each has the number; each is called"


@pytest.mark.django_db(transaction=True)
def test_a_stop_that_comes_twice_at_once_is_confirmed_once(transactional_db):
    agreed_to_texts()
    said = at_once(lambda _number: receive(Inbound(NUMBER, "STOP"), at=NOON), threads=4)
    assert len([one for one in said if one]) == 1
    assert Event.objects.filter(verb="revoke").count() == 1


# -- Only genuine requests -------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_genuine_text_is_answered_in_twilios_words():
    open_house()
    answer = signed(INBOUND, {"From": NUMBER, "Body": "HELP", "Extra": "é"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/xml"
    text = answer.content.decode()
    assert "<Response><Message>Riverside Center: nobody reads texts here." in text
    assert HEALTH.search(text) is None
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["another", ""])
def test_a_text_without_the_signature_does_nothing(token):
    request = agreed_to_texts()
    values = {"From": NUMBER, "Body": "STOP"}
    assert signed(INBOUND, values, token=token).status_code == 403
    assert Client().post(reverse(INBOUND), values).status_code == 403
    assert consents.has_given(request.person, ConsentKind.SMS, at=NOON)


@pytest.mark.django_db
def test_without_a_carrier_there_is_no_such_address(settings):
    settings.SMS = {}
    assert signed(INBOUND, {"Body": "STOP"}).status_code == 404
    assert Client().get(reverse(INBOUND)).status_code == 405


@pytest.mark.django_db
def test_the_console_takes_no_texts(settings):
    settings.SMS = carried_by("Inbox")
    assert signed(INBOUND, {"From": NUMBER, "Body": "STOP"}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "calls"), [("undelivered", 1), ("failed", 1), ("delivered", 0), ("sent", 0)]
)
def test_a_text_that_did_not_arrive_is_a_call(settings, status, calls):
    settings.SMS = INBOX
    now = timezone.now()
    builders.centre(at=now)
    builders.colleague("sam", roles.SCHEDULER)
    request = builders.appointment_request(at=now)
    builders.pay(now)
    effect = Effect.objects.create(
        kind=TEXT_RECEIVED,
        about_kind=about(request)[0],
        about_id=request.pk,
        key="a text",
        due_at=now,
        created_at=now,
    )
    version = sms.words_of(sms.RECEIVED, "en", at=now)
    Message.rows.create(
        effect=effect,
        channel="sms",
        person=request.person,
        text_kind=sms.RECEIVED,
        text_version=version,
        status=MessageState.SENT,
        created_at=now,
    )
    settings.SMS = TWILIO
    for _time in range(2):
        answer = signed("machines:sms_report", {"MessageStatus": status}, args=[effect.pk])
        assert answer.status_code == 204
    tasks = CallTask.rows.filter(reason=CallReason.MESSAGE_FAILED)
    assert tasks.count() == calls


# -- Each text is an occasion of its own -----------------------------------------------------------
def urgent_calls(request):
    return CallTask.rows.filter(about_id=request.pk, reason=CallReason.URGENT)


def text_in(minutes, *, text="I can't breathe", message_id=""):
    receive(Inbound(NUMBER, text, message_id), at=later(minutes=minutes))
    builders.pay(later(minutes=minutes))


@pytest.mark.django_db
def test_after_the_call_was_made_another_text_is_another_call():
    request = agreed_to_texts()
    text_in(5, message_id="SM1")
    text_in(6, message_id="SM2", text="chest pain")
    task = urgent_calls(request).get()
    calls.make(task, by=builders.colleague("sam"), at=later(minutes=7))
    text_in(8, message_id="SM2", text="chest pain")
    assert urgent_calls(request).open().count() == 0, "told twice of one text"
    text_in(9, message_id="SM3")
    assert urgent_calls(request).open().count() == 1


@pytest.mark.django_db
def test_where_the_carrier_does_not_number_texts_their_words_do():
    request = agreed_to_texts()
    text_in(5)
    calls.make(urgent_calls(request).get(), by=builders.colleague("sam"), at=later(minutes=6))
    text_in(7)
    assert urgent_calls(request).open().count() == 0
    text_in(8, text="I can't breathe, chest pain")
    assert urgent_calls(request).open().count() == 1
    assert "breathe" not in str(list(Effect.objects.values_list("key", flat=True)))


@pytest.mark.django_db
def test_the_carriers_own_number_of_a_text_is_read():
    request = agreed_to_texts(at=NOON)
    values = {"From": NUMBER, "Body": "I can't breathe"}
    for message_id in ("SM1", "SM1", "SM2"):
        assert signed(INBOUND, values | {"MessageSid": message_id}).status_code == 200
    keys = Effect.objects.filter(kind="people.urgent", about_id=request.pk).values_list("key")
    assert {key.partition("text ")[2] for (key,) in keys} == {"SM1", "SM2"}
