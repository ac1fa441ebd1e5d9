"""Mail that came back: told by a provider or by hand, it is one call; and why mail is refused."""

from __future__ import annotations

import base64
import json
import smtplib
import ssl
import uuid

import pytest
from anymail.exceptions import AnymailAPIError, AnymailInvalidAddress, AnymailRecipientsRefused
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from clinic.appointments import verbs
from clinic.audit.models import Event
from clinic.audit.recording import VISITOR, about
from clinic.lifecycle import Conflict
from clinic.outbox import messages
from clinic.outbox.bounces import bounced, effect_of
from clinic.outbox.codes import CallReason, EffectState, MessageState
from clinic.outbox.dispatch import dispatch
from clinic.outbox.models import CallTask, Effect, Message
from clinic.outbox.refusals import Refused, is_for_good
from clinic.people import roles
from clinic.places.centre import NoCentre
from clinic.places.models import Centre
from clinic.providers import Mail
from tests import builders
from tests.builders import NOON, later, told
from tests.races import at_once

SECRET = "postmark:a password for tests"
ADDRESS = "machines:mail_events"


@pytest.fixture
def sent(db, mailoutbox):
    """A request whose person has been told by mail, and the effect behind it."""
    builders.colleague("sam", roles.SCHEDULER)
    request, effect = told()
    dispatch(effect.pk, at=NOON)
    return request, effect


# -- The verb --------------------------------------------------------------------------------------
def test_a_bounce_is_one_call_however_often_it_is_told(sent):
    request, effect = sent
    assert bounced(effect.pk, at=later(hours=1)) is True
    assert bounced(effect.pk, at=later(hours=2)) is False
    message, task = Message.rows.get(effect=effect), CallTask.rows.get()
    assert message.status == MessageState.FAILED
    assert (task.reason, task.person) == (CallReason.MESSAGE_FAILED, request.person)
    assert (task.about_kind, task.about_id) == about(request)
    assert task.assigned_to == request.owner
    assert later(hours=1) < task.due_at < later(days=1), "half a working day"
    verbs_of = Event.objects.about(*about(message)).values_list("verb", flat=True)
    assert list(verbs_of) == ["send", "sent", "bounce"]


def test_a_late_bounce_of_a_closed_request_owes_nothing(sent):
    request, effect = sent
    verbs.change_mind(request, by=VISITOR, at=later(hours=1))
    bounced(effect.pk, at=later(days=30))
    assert not CallTask.rows.open().exists()


def test_a_bounced_nudge_is_no_call(sent):
    builders.pay()
    nudge = Message.rows.get(user__isnull=False)
    assert bounced(nudge.effect_id, at=NOON) is True
    assert not CallTask.rows.exists()


def test_nobody_knows_a_stranger(db):
    assert bounced(uuid.uuid4(), at=NOON) is False


def test_a_bounce_that_is_faster_than_our_own_word_is_one_call_too(db, settings, mailoutbox):
    builders.colleague("sam", roles.SCHEDULER)
    settings.EMAIL_BACKEND = "tests.mail_servers.BouncesAtOnce"
    _request, effect = told()
    assert dispatch(effect.pk, at=NOON) is False
    effect.refresh_from_db()
    assert effect.last_error == Conflict.__name__
    assert dispatch(effect.pk, at=effect.due_at) is True
    assert Message.rows.get().status == MessageState.FAILED
    assert CallTask.rows.count() == 1


def test_what_breaks_before_the_call_has_written_nothing(sent):
    _request, effect = sent
    centre = Centre.objects.get()
    Centre.objects.all().delete()
    with pytest.raises(NoCentre):
        bounced(effect.pk, at=NOON)
    assert Message.rows.get(effect=effect).status == MessageState.SENT
    centre.save(force_insert=True)
    assert bounced(effect.pk, at=NOON) is True
    assert CallTask.rows.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_reports_at_once_are_one_call(transactional_db, mailoutbox):
    builders.colleague("sam", roles.SCHEDULER)
    _request, effect = told()
    dispatch(effect.pk, at=NOON)
    told_new = at_once(lambda _number: bounced(effect.pk, at=NOON), threads=4)
    assert told_new.count(True) == 1
    assert CallTask.rows.count() == 1


# -- By hand ---------------------------------------------------------------------------------------
def test_a_message_id_names_its_effect():
    one = uuid.uuid4()
    assert effect_of(f"<{one}@riverside.example>") == effect_of(f" {one}@x ") == one
    assert effect_of("<CAF123@mail.example>") is None
    assert effect_of("") is None


def test_the_command_takes_what_is_ours_and_names_what_is_not(sent, capsys):
    _request, effect = sent
    ours = f"<{effect.pk}@riverside.example>"
    with pytest.raises(CommandError, match="Not a message of ours: <x@y>"):
        call_command("bounced", "<x@y>", ours)
    assert "written down" in capsys.readouterr().out
    call_command("bounced", ours)
    assert "known before" in capsys.readouterr().out
    assert CallTask.rows.count() == 1


# -- By a provider ---------------------------------------------------------------------------------
@pytest.fixture
def _postmark(settings):
    settings.MAIL = Mail({}, "postmark", {})
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


def reported(effect, kind="HardBounce", *, secret=SECRET, **more):
    """Postmark's report, signed in as the operator told it to."""
    values = {"RecordType": "Bounce", "Type": kind, "ID": 1, "MessageID": "of-their-own"}
    values |= {"Metadata": {"effect": str(effect.pk)}} | more
    password = base64.b64encode(secret.encode()).decode()
    return Client(enforce_csrf_checks=True).post(
        reverse(ADDRESS),
        json.dumps(values),
        content_type="application/json",
        headers={"Authorization": f"Basic {password}"},
    )


@pytest.mark.usefixtures("_postmark")
@pytest.mark.parametrize(
    ("kind", "calls"),
    [("HardBounce", 1), ("SpamComplaint", 1), ("Blocked", 1), ("SMTPApiError", 1), ("DnsError", 0)],
)
def test_a_provider_reports_and_somebody_calls(sent, kind, calls):
    _request, effect = sent
    for _time in range(2):
        assert reported(effect, kind).status_code == 200
    assert CallTask.rows.count() == calls


@pytest.mark.usefixtures("_postmark")
def test_a_report_with_our_message_id_is_enough(sent):
    _request, effect = sent
    ours = f"<{effect.pk}@riverside.example>"
    assert reported(effect, Metadata={}, MessageID=ours).status_code == 200
    assert CallTask.rows.count() == 1
    assert reported(effect, Metadata={"effect": "x"}, MessageID="y").status_code == 200


@pytest.mark.usefixtures("_postmark")
def test_a_report_without_the_password_does_nothing(sent):
    _request, effect = sent
    assert reported(effect, secret="postmark:wrong").status_code == 400
    assert Message.rows.get(effect=effect).status == MessageState.SENT


def test_without_a_provider_there_is_no_such_address(sent):
    assert reported(sent[1]).status_code == 404


def test_the_provider_keeps_the_effects_id_and_nothing_else(sent, mailoutbox):
    (mail,) = mailoutbox
    assert mail.metadata == {"effect": str(sent[1].pk)}
    kept = mail.message().as_string()
    assert "metadata" not in kept.lower(), "other servers are told by the Message-ID alone"


# -- For good, or for now --------------------------------------------------------------------------
def answered(status):
    return AnymailAPIError("no", status_code=status)


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"")}), True),
        (smtplib.SMTPRecipientsRefused({"a": (553, b"")}), True),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"")}), False),
        (smtplib.SMTPRecipientsRefused({"a": (552, b"")}), False),
        (smtplib.SMTPRecipientsRefused({"a": (550, b""), "b": (451, b"")}), False),
        (smtplib.SMTPDataError(554, b""), True),
        (smtplib.SMTPDataError(451, b""), False),
        (smtplib.SMTPNotSupportedError("SMTPUTF8"), True),
        (smtplib.SMTPSenderRefused(550, b"", "us"), False),
        (smtplib.SMTPAuthenticationError(535, b""), False),
        (smtplib.SMTPConnectError(421, b""), False),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (ConnectionRefusedError(), False),
        (TimeoutError(), False),
        (ssl.SSLCertVerificationError("expired"), False),
        (AnymailRecipientsRefused(), True),
        (AnymailInvalidAddress("x"), True),
        (answered(422), True),
        (answered(401), False),
        (answered(429), False),
        (answered(503), False),
        (Refused("status 400"), True),
        (KeyError("due"), True),
        (ValueError("line break in a header"), True),
    ],
    ids=repr,
)
def test_errors_are_sorted(error, final):
    assert is_for_good(error) is final


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("server", "final"),
    [("RefusesTheText", True), ("HasNoRoom", False), ("RefusesOurPassword", False)],
)
def test_what_is_said_after_the_text_counts_too(settings, server, final):
    builders.colleague("sam", roles.SCHEDULER)
    settings.EMAIL_BACKEND = f"tests.mail_servers.{server}"
    _request, effect = told()
    assert dispatch(effect.pk, at=NOON) is final
    assert CallTask.rows.exists() is final
    state = Effect.objects.get(pk=effect.pk).state
    assert state == (EffectState.DONE if final else EffectState.PENDING)


# -- Every pair of states --------------------------------------------------------------------------
@pytest.mark.parametrize("state", MessageState.values)
def test_what_is_settled_is_not_sent_again(state):
    leads_out = messages.MESSAGE.allows(state, MessageState.SENDING)
    assert leads_out is (state not in messages.SETTLED)
