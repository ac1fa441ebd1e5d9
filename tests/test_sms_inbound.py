"""What people text to us: STOP and HELP at once, everything else unread; genuine requests only."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from twilio.request_validator import RequestValidator

from clinic.audit.models import Event
from clinic.audit.recording import about
from clinic.outbox.codes import TEXT_RECEIVED, CallReason, MessageState
from clinic.outbox.models import CallTask, Effect, Message
from clinic.outbox.texting import words as sms
from clinic.outbox.texting.inbound import ANSWERS, Word, read, receive
from clinic.outbox.texting.providers import Inbound
from clinic.people import consents, roles
from clinic.people.models.person import ConsentKind
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


# -- Reading ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        "Stop.",
        " s t o p ",
        "STOP ALL",
        "stopall",
        "Unsubscribe",
        "CANCEL",
        "end",
        "Quit!",
        "revoke",
        "OPT OUT",
        "opt-out",
        "ALTO",
        "alto",
        "Baja",
        "PARAR",
        "cancelar",
        "¡Alto!",
        "Ｓｔｏｐ",
        "stop texting me",
        "Alto por favor",
    ],
)
def test_every_way_to_say_stop(text):
    assert read(text)[0] == Word.STOP


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("HELP", Word.HELP),
        ("info", Word.HELP),
        ("Ayuda", Word.HELP),
        ("START", Word.START),
        ("", Word.OTHER),
        ("Thank you!", Word.OTHER),
        ("cancel my visit on Monday", Word.OTHER),
        ("the end is near", Word.OTHER),
        ("nonstop", Word.OTHER),
        ("😀\x00", Word.OTHER),
    ],
)
def test_other_words(text, word):
    assert read(text)[0] == word


def test_spanish_words_are_answered_in_spanish():
    assert read("ALTO")[1] == read("ayuda")[1] == "es"
    assert read("STOP")[1] == "en"


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
