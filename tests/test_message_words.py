"""The words of a message: approved when it goes out, in her language, with every place filled."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from clinic.outbox.codes import (
    CallReason,
    EffectState,
    MessageState,
)
from clinic.outbox.dispatch import dispatch
from clinic.outbox.mail import compose
from clinic.outbox.messages import FALL_BACK, TEXT_KIND
from clinic.outbox.models import CallTask, Message
from clinic.outbox.sample import MAILS_IN, TEXTS_IN
from clinic.outbox.texting import words as sms
from clinic.people import consents, roles
from clinic.people.models.person import ConsentKind
from clinic.signing import bodies
from clinic.signing import verbs as signing
from clinic.signing.kinds import PRIVACY, TRANSLATION
from clinic.signing.live import best_version
from clinic.signing.models import Text
from tests import builders
from tests.builders import NOON, later, told
from tests.journeys import HEALTH, HEALTH_ES

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    return builders.colleague("sam", roles.SCHEDULER, languages=["en", "es"])


# -- Only approved words ---------------------------------------------------------------------------
def take_down(*subjects):
    Text.objects.filter(kind=TEXT_KIND.code, subject__in=subjects).update(taken_down_at=NOON)


def test_without_its_own_words_a_message_asks_her_to_call(sam, mailoutbox):
    _request, effect = told()
    take_down("request_received")
    dispatch(effect.pk, at=NOON)
    (mail,) = mailoutbox
    assert mail.subject == "Please call us"
    assert "(212) 555-0120" in mail.body
    assert Message.rows.get().text_version.text.subject == FALL_BACK
    assert HEALTH.search(mail.message().as_string()) is None


def test_without_any_words_nothing_is_sent_and_somebody_calls(sam, mailoutbox):
    request, effect = told()
    take_down("request_received", FALL_BACK)
    assert dispatch(effect.pk, at=NOON) is True
    assert mailoutbox == []
    task = CallTask.rows.get()
    assert (task.reason, task.assigned_to) == (CallReason.CONFIRM, sam)
    assert task.due_at == request.due_at


def test_words_whose_approval_has_ended_are_not_sent(sam, mailoutbox):
    _request, effect = told()
    assert dispatch(effect.pk, at=later(days=365 - 30)) is True
    assert mailoutbox == []
    assert CallTask.rows.get().reason == CallReason.CONFIRM


def test_words_of_consent_end_with_their_approval():
    builders.centre()
    end = later(days=365 - 30)
    assert set(consents.wordings([ConsentKind.CONTACT], "en", at=end - timedelta(seconds=1)))
    assert consents.wordings([ConsentKind.CONTACT], "en", at=end) == {}


def test_words_taken_down_while_a_message_waits_are_not_sent(sam, settings, mailoutbox):
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.mail_servers.IsDown"
    _request, effect = told()
    dispatch(effect.pk, at=NOON)
    assert Message.rows.get().text_kind == "request_received"
    take_down("request_received")
    settings.EMAIL_BACKEND = backend
    effect.refresh_from_db()
    dispatch(effect.pk, at=effect.due_at)
    message = Message.rows.get()
    assert [one.subject for one in mailoutbox] == ["Please call us"]
    assert message.text_version.text.subject == message.text_kind == FALL_BACK


def _spanish(*approvals):
    version = signing.draft(
        kind=TEXT_KIND.code,
        subject="request_received",
        language="es",
        body={"subject": "Hay noticias", "lines": ["{caller}, {reference}, {link}"]},
        by=builders.colleague("editor"),
        at=NOON,
    )
    for kind in approvals:
        reviewer = builders.colleague("reviewer")
        signing.approve(version, kind=kind, by=reviewer, credential="Reviewer", at=NOON)


@pytest.mark.parametrize(
    ("approvals", "subject"),
    [
        ((), "We have your request"),
        ((PRIVACY,), "We have your request"),
        ((PRIVACY, TRANSLATION), "Hay noticias"),
    ],
    ids=["none", "untranslated", "whole"],
)
def test_a_translation_is_sent_once_its_translator_said_yes(sam, mailoutbox, approvals, subject):
    _request, effect = told(people=builders.intake(language="es"))
    _spanish(*approvals)
    dispatch(effect.pk, at=NOON)
    assert mailoutbox[0].subject == subject


# -- Words that cannot be filled -------------------------------------------------------------------
@pytest.mark.parametrize("line", ["By {nope}.", "By {0}.", "By {}.", "By {due.", "By {due!x}."])
def test_words_with_a_place_nobody_fills_are_a_call_at_once(sam, mailoutbox, line):
    _request, effect = told()
    version = signing.draft(
        kind=TEXT_KIND.code,
        subject="request_received",
        language="en",
        body={"subject": "We have your request", "lines": [line]},
        by=builders.colleague("editor"),
        at=NOON,
    )
    reviewer = builders.colleague("reviewer")
    signing.approve(version, kind=PRIVACY, by=reviewer, credential="Officer", at=NOON)

    assert dispatch(effect.pk, at=NOON) is True
    assert mailoutbox == []
    message, task = Message.rows.get(), CallTask.rows.get()
    assert (message.status, message.text_version) == (MessageState.FAILED, version)
    assert (task.reason, task.assigned_to) == (CallReason.MESSAGE_FAILED, sam)
    effect.refresh_from_db()
    assert effect.state == EffectState.DONE, "trying again mends no words"


# -- Every message, whole --------------------------------------------------------------------------
FILLED = {
    "caller": "Ana Ruiz",
    "reference": "ABCD-2345",
    "link": "http://testserver/r/" + "x" * 43 + "/",
    "phone": "(212) 555-0130",
}


DUE = {"en": "Tuesday, November 24, 10 a.m.", "es": "martes 24 de noviembre, 10 a.m."}
SHORT_DUE = {"en": "Tue, Nov 24, 10 a.m.", "es": "mar 24 nov, 10 a.m."}


def each(words):
    return [(language, subject) for language, some in words.items() for subject in some]


@pytest.mark.parametrize(("language", "subject"), each(MAILS_IN))
def test_every_mail_whole_says_nothing_about_health(language, subject):
    builders.centre(languages=[language])
    version = best_version(TEXT_KIND.code, subject, language, at=NOON)
    values = FILLED | {"due": DUE[language]}
    sent = compose(version, to="maria@example.org", effect_id=uuid.uuid4(), values=values)
    whole = sent.message().as_string()
    assert (version.text.subject, version.text.language) == (subject, language)
    assert HEALTH.search(whole) is None
    assert HEALTH_ES.search(f"{sent.subject} {sent.body}") is None
    assert "Maria" not in whole
    assert not sent.attachments
    assert "{" not in f"{sent.subject} {sent.body}"
    assert sent.subject == MAILS_IN[language][subject][0]


@pytest.mark.parametrize(("language", "subject"), each(TEXTS_IN))
def test_every_text_message_is_short_neutral_and_has_no_link(language, subject):
    builders.centre(languages=[language])
    version = sms.words_of(subject, language, at=NOON)
    assert (version.text.subject, version.text.language) == (subject, language)
    text = sms.compose(version, values=FILLED | {"due": SHORT_DUE[language]})
    assert HEALTH.search(text) is None
    assert HEALTH_ES.search(text) is None
    assert text.startswith("Riverside Center: ")
    assert len(text) <= 160
    assert text.isascii()
    assert "http" not in text
    assert "{" not in text


def test_each_message_to_a_patient_has_its_spanish_with_the_same_places():
    assert {one for one in MAILS_IN["en"] if not one.startswith("colleague_")} == set(
        MAILS_IN["es"]
    )
    assert set(TEXTS_IN["en"]) == set(TEXTS_IN["es"])
    for subject, lines in MAILS_IN["es"].items():
        assert places(lines) == places(MAILS_IN["en"][subject])
    for subject, words in TEXTS_IN["es"].items():
        assert places([words]) == places([TEXTS_IN["en"][subject]])


def places(lines):
    return set(bodies.placeholders(list(lines)))


def test_no_message_has_a_place_for_a_name():
    """No placeholder holds who she is, so no signer can put her name into a message."""
    assert TEXT_KIND.placeholders == {"caller", "due", "reference", "link", "phone", "centre"}
    assert sms.KIND.placeholders == TEXT_KIND.placeholders - {"link"}
