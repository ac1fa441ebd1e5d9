"""Telling somebody: neutral mail in signed words, else a call that a named colleague owes."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from clinic.audit.models import Event
from clinic.audit.recording import about
from clinic.outbox.codes import (
    MAX_ATTEMPTS,
    CallChannel,
    CallReason,
    CallState,
    EffectState,
    MessageState,
)
from clinic.outbox.dispatch import LEASE, dispatch
from clinic.outbox.messages import FALL_BACK, MAIL_WINDOW, MAILS, TEXT_KIND
from clinic.outbox.models import CallTask, Effect, Message
from clinic.people import roles
from clinic.people.models import Reference
from clinic.people.references import open_link
from clinic.places.models import Centre
from clinic.signing import verbs as signing
from clinic.signing.kinds import PRIVACY
from clinic.signing.models import Text
from referrals.desk import verbs as desk
from tests import builders, mail_servers
from tests.builders import NOON, told
from tests.journeys import HEALTH

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    return builders.colleague("sam", roles.SCHEDULER, languages=["en", "es"])


def try_until_it_ends(effect):
    """Dispatch at each due time, as the sweeper would; the number of tries."""
    for number in range(1, MAX_ATTEMPTS + 2):
        dispatch(effect.pk, at=effect.due_at)
        effect.refresh_from_db()
        if effect.state != EffectState.PENDING:
            return number
    raise AssertionError("it never ends")


def parsed(message):
    """The message as it goes over the wire."""
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


def plain(letter):
    """Its words for a program that shows no pages; they come first."""
    first, _page = letter.iter_parts()
    assert first.get_content_type() == "text/plain"
    return first.get_content()


# -- What a message says ---------------------------------------------------------------------------
def test_a_whole_message_says_who_calls_and_nothing_about_health(sam, mailoutbox):
    request, effect = told()
    assert dispatch(effect.pk, at=NOON) is True

    mail = parsed(mailoutbox[0])
    reference = Reference.rows.get(about_id=request.pk)
    assert set(mail.keys()) == {
        "Content-Type",
        "MIME-Version",
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "Auto-Submitted",
    }
    assert mail["From"] == "Riverside Center <requests@riverside.example>"
    assert mail["To"] == "maria@example.org"
    assert mail["Subject"] == "We have your request"
    assert mail["Message-ID"] == f"<{effect.pk}@riverside.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    body = plain(mail)
    assert body.startswith("Hello,\n\nwe have your request. By Thursday, November 19, 11 a.m. Sam ")
    assert reference.spoken in body
    assert "(212) 555-0120" in body
    token = re.search(r"http://testserver/\S*?([\w-]{43})/?\s", body).group(1)
    assert open_link(token, at=NOON).reference == reference
    whole = mailoutbox[0].message().as_string()
    assert HEALTH.search(whole) is None
    assert "Zzyzx" not in whole
    assert "Maria" not in whole


def test_word_about_a_referral_names_no_study(mailoutbox):
    cast = builders.cast()
    builders.referral(cast.study)
    builders.pay()

    (hers,) = [one for one in mailoutbox if one.to == ["maria@example.org"]]
    assert "Ana will get in touch with you" in hers.body
    assert "(212) 555-0130" in hers.body
    for mail in mailoutbox:
        whole = mail.message().as_string()
        assert HEALTH.search(whole) is None
        assert cast.study.title not in whole
        assert cast.study.local_name not in whole


def test_a_colleague_reads_that_something_waits_and_nothing_else(sam, mailoutbox):
    builders.appointment_request()
    builders.pay()
    (nudge,) = [one for one in mailoutbox if one.to == [sam.email]]
    assert nudge.subject == "Something new is waiting for you"
    assert "http://testserver/staff/" in nudge.body
    assert HEALTH.search(nudge.message().as_string()) is None
    assert "Maria" not in nudge.message().as_string()


def test_a_message_row_points_at_its_words_and_holds_none(sam, mailoutbox):
    request, effect = told()
    dispatch(effect.pk, at=NOON)
    message = Message.rows.get(effect=effect)
    assert (message.person, message.user, message.status) == (request.person, None, "sent")
    assert message.text_version.text.subject == message.text_kind == "request_received"
    assert message.sent_at is not None
    events = Event.objects.about(*about(message)).values_list("verb", "codes")
    assert list(events) == [
        ("send", {"from": "owed", "to": "sending"}),
        ("sent", {"from": "sending", "to": "sent"}),
    ]


def test_line_breaks_in_the_centres_name_do_not_reach_a_header(sam, mailoutbox):
    _request, effect = told()
    Text.objects.filter(subject="request_received").update(taken_down_at=NOON)
    version = signing.draft(
        kind=TEXT_KIND.code,
        subject=FALL_BACK,
        language="en",
        body={"subject": "From\n{centre}", "lines": ["Please call {phone}."]},
        by=builders.colleague("editor"),
        at=NOON,
    )
    signing.approve(
        version, kind=PRIVACY, by=builders.colleague("reviewer"), credential="Officer", at=NOON
    )
    dispatch(effect.pk, at=NOON)
    assert mailoutbox[0].subject == "From Riverside Center"


def test_a_helper_who_is_to_be_reached_first_reads_it(sam, mailoutbox):
    _request, effect = told(people=builders.helped(email="hannah@example.org"))
    dispatch(effect.pk, at=NOON)
    assert [one.to for one in mailoutbox] == [["hannah@example.org"]]


# -- Once, or twice with one Message-ID ------------------------------------------------------------
def test_telling_twice_is_telling_once(sam, mailoutbox):
    _request, effect = told()
    dispatch(effect.pk, at=NOON)
    Effect.objects.filter(pk=effect.pk).update(state=EffectState.PENDING)
    assert dispatch(effect.pk, at=NOON) is True
    assert len(mailoutbox) == 1


def test_who_dies_between_sending_and_saving_sends_again_under_one_id(sam, settings, mailoutbox):
    backend, settings.EMAIL_BACKEND = (
        settings.EMAIL_BACKEND,
        "tests.mail_servers.KillsAfterSending",
    )
    _request, effect = told()
    with pytest.raises(mail_servers.ProcessKilled):
        dispatch(effect.pk, at=NOON)
    assert Message.rows.get().status == MessageState.SENDING

    settings.EMAIL_BACKEND = backend
    assert dispatch(effect.pk, at=NOON + LEASE) is False, "not before the lease has run out"
    assert dispatch(effect.pk, at=NOON + LEASE + timedelta(seconds=1)) is True

    first, second = (parsed(one) for one in mailoutbox)
    assert first["Message-ID"] == second["Message-ID"] == f"<{effect.pk}@riverside.example>"
    assert plain(first) == plain(second), "a resend has the same link"
    assert Message.rows.get().status == MessageState.SENT
    assert not CallTask.rows.exists()


# -- What cannot be sent ---------------------------------------------------------------------------
def test_a_refused_address_is_a_call_at_once(sam, settings):
    settings.EMAIL_BACKEND = "tests.mail_servers.RefusesForGood"
    request, effect = told()
    assert dispatch(effect.pk, at=NOON) is True

    assert Message.rows.get().status == MessageState.FAILED
    task = CallTask.rows.get()
    assert (task.reason, task.channel) == (CallReason.MESSAGE_FAILED, CallChannel.PHONE)
    assert (task.assigned_to, task.due_at) == (sam, request.due_at)
    assert (task.person, task.status) == (request.person, CallState.OPEN)
    assert (task.about_kind, task.about_id) == about(request)


@pytest.mark.parametrize("server", ["IsDown", "HangsUp", "RefusesForNow"])
def test_a_server_that_is_away_is_tried_again_and_then_a_call(sam, settings, server):
    settings.EMAIL_BACKEND = f"tests.mail_servers.{server}"
    request, effect = told()
    assert dispatch(effect.pk, at=NOON) is False
    effect.refresh_from_db()
    assert (effect.state, effect.attempts) == (EffectState.PENDING, 1)
    assert effect.due_at > NOON
    assert not CallTask.rows.exists()
    assert Message.rows.get().status == MessageState.SENDING

    assert try_until_it_ends(effect) == MAX_ATTEMPTS - 1
    assert effect.state == EffectState.DONE, "a call is owed instead, so nobody need look"
    assert Message.rows.get().status == MessageState.FAILED
    task = CallTask.rows.get()
    assert (task.reason, task.assigned_to) == (CallReason.MESSAGE_FAILED, sam)
    assert task.due_at == request.due_at


def test_a_server_that_comes_back_is_used(sam, settings, mailoutbox):
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.mail_servers.RefusesForNow"
    _request, effect = told()
    dispatch(effect.pk, at=NOON)
    settings.EMAIL_BACKEND = backend
    effect.refresh_from_db()
    assert dispatch(effect.pk, at=effect.due_at) is True
    assert len(mailoutbox) == 1
    assert Message.rows.get().status == MessageState.SENT
    assert not CallTask.rows.exists()


def test_who_dies_between_failing_and_the_call_owes_the_call_still(sam, settings):
    settings.EMAIL_BACKEND = "tests.mail_servers.RefusesForGood"
    _request, effect = told()
    dispatch(effect.pk, at=NOON)
    CallTask.rows.all().delete()
    Effect.objects.filter(pk=effect.pk).update(state=EffectState.PENDING)
    dispatch(effect.pk, at=NOON)
    assert CallTask.rows.get().reason == CallReason.MESSAGE_FAILED


def test_a_nudge_that_cannot_be_sent_owes_no_call(sam, settings):
    settings.EMAIL_BACKEND = "tests.mail_servers.RefusesForGood"
    builders.appointment_request()
    builders.pay()
    nudge = Message.rows.get(user=sam)
    assert nudge.status == MessageState.FAILED
    assert [one.reason for one in CallTask.rows.all()] == [CallReason.MESSAGE_FAILED]
    assert not CallTask.rows.exclude(about_kind="appointments.appointmentrequest").exists()


@pytest.mark.parametrize(
    ("ways", "channel"),
    [
        ({"email": ""}, CallChannel.PHONE),
        ({"email": "", "phone": "", "postal_address": "1 Main Street"}, CallChannel.POST),
    ],
    ids=["phone", "post"],
)
def test_without_mail_a_named_colleague_owes_a_call_by_the_promised_hour(
    sam, mailoutbox, ways, channel
):
    request, effect = told(people=builders.intake(**ways))
    assert dispatch(effect.pk, at=NOON) is True
    assert mailoutbox == []
    assert not Message.rows.exists()
    task = CallTask.rows.get()
    assert (task.reason, task.channel, task.assigned_to) == (CallReason.CONFIRM, channel, sam)
    assert task.due_at == request.due_at > NOON
    assert list(CallTask.rows.open().filter(assigned_to=sam)) == [task]


def test_without_mail_the_coordinator_of_a_study_owes_the_call():
    cast = builders.cast()
    case = builders.case(cast.study, people=builders.intake(email=""))
    builders.pay()
    task = CallTask.rows.get()
    assert (task.assigned_to, task.due_at) == (cast.ana, case.due_at)


def test_owing_a_call_twice_is_owing_it_once(sam):
    _request, effect = told(people=builders.intake(email=""))
    dispatch(effect.pk, at=NOON)
    Effect.objects.filter(pk=effect.pk).update(state=EffectState.PENDING)
    dispatch(effect.pk, at=NOON)
    assert CallTask.rows.count() == Event.objects.filter(verb="owe_call").count() == 1


# -- Not too many mails to one address -------------------------------------------------------------
def tell_many(number, *, at=NOON, **ways):
    """Requests one after another with one address, each told; a stranger may type anybody's."""
    for _number in range(number):
        request, effect = told(people=builders.intake(**ways))
        dispatch(effect.pk, at=at)
    return request


def test_after_five_mails_an_hour_a_colleague_calls_instead(sam, mailoutbox):
    tell_many(MAILS, email="maria@example.org")
    assert not CallTask.rows.exists()
    last = tell_many(1, email=" Maria@Example.ORG")
    assert len(mailoutbox) == MAILS
    task = CallTask.rows.get()
    assert (task.about_id, task.reason, task.assigned_to) == (last.pk, CallReason.CONFIRM, sam)
    assert task.due_at == last.due_at

    tell_many(1, email="other@example.org")
    tell_many(1, email="maria@example.org", at=NOON + MAIL_WINDOW)
    assert len(mailoutbox) == MAILS + 2
    assert CallTask.rows.count() == 1


def test_the_tries_of_one_mail_count_as_one(sam, settings, mailoutbox):
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.mail_servers.IsDown"
    _request, effect = told()
    for _try in range(MAILS + 1):
        Effect.objects.update(due_at=NOON)
        assert dispatch(effect.pk, at=NOON) is False
    settings.EMAIL_BACKEND = backend
    Effect.objects.update(due_at=NOON)
    assert dispatch(effect.pk, at=NOON) is True
    tell_many(MAILS - 1)
    assert len(mailoutbox) == MAILS
    assert not CallTask.rows.exists()
    tell_many(1)
    assert len(mailoutbox) == MAILS
    assert CallTask.rows.count() == 1


# -- Once, and not without a centre ----------------------------------------------------------------
def test_the_word_about_a_case_is_owed_once_however_many_referrals(mailoutbox):
    cast = builders.cast()
    builders.case(cast.study, builders.study("second"))
    builders.pay()
    assert Effect.objects.filter(kind=desk.TELL).count() == 1
    assert [one.to for one in mailoutbox].count(["maria@example.org"]) == 1


def test_without_a_centre_nothing_is_sent_and_nothing_is_lost(sam, mailoutbox):
    _request, effect = told()
    Centre.objects.all().delete()
    assert dispatch(effect.pk, at=NOON) is False
    effect.refresh_from_db()
    assert (effect.state, effect.last_error) == (EffectState.PENDING, "NoCentre")
    assert mailoutbox == []
