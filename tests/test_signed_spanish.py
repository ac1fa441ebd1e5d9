"""Signed words reach her in Spanish once they are approved in it: on pages, in mails and texts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from clinic.outbox.models import Message
from clinic.outbox.texting.inbound import receive
from clinic.outbox.texting.providers import Inbound
from clinic.people.models import Consent
from clinic.people.models.person import ConsentKind
from clinic.people.sample import CONSENTS_IN
from clinic.signing.kinds import IRB, TRANSLATION
from clinic.signing.models import Approval
from referrals.screening.headings import Headings
from referrals.screening.verdicts import Verdict
from tests.browsing import ROOM
from tests.builders import pay
from tests.journeys import ANSWERS, APPOINTMENT, filled, walk
from tests.reading import pieces

KINDS = ("message", "sms", "consent", "question", "verdict", "trial_card", "criteria")


@pytest.fixture
def house(settings, tmp_path, db):
    """The sample centre, and a reader at /es/."""
    settings.ACCOUNTS_FILE = tmp_path / "accounts.txt"
    for load in ROOM:
        load(timezone.now())
    with translation.override("es"):
        yield


def unsign(kind):
    """The translator's yes to the Spanish words of one kind was never given."""
    Approval.objects.filter(version__text__kind=kind, kind=TRANSLATION).delete()


def spoken(response):
    """Each piece of a page, with its language."""
    return {(one.text, one.language) for one in pieces(response.content.decode())}


def asked_for_appointment(client):
    walk(client, APPOINTMENT, room="appointments")
    url = reverse("appointments:send")
    page = client.get(url)
    assert client.post(url, filled(client, url, language="es")).status_code == 302
    return page


def answered(client):
    walk(client, {"safety": {"very_ill": "no"}, "who": {"who": "me"}, **ANSWERS}, room="screening")
    return client.get(reverse("screening:results"))


def test_the_receipt_is_mailed_in_spanish(client, house, mailoutbox):
    asked_for_appointment(client)
    pay(timezone.now())
    (mail,) = [one for one in mailoutbox if one.to == ["maria@example.org"]]
    assert mail.subject == "Tenemos su solicitud"
    assert " de " in mail.body.split("A más tardar el ")[1].split(",")[0]
    assert "/es/" in mail.body
    told = Message.rows.get(person__isnull=False)
    assert told.text_version.text.language == "es"


def test_the_receipt_is_english_where_no_translator_said_yes(client, house, mailoutbox):
    unsign("message")
    asked_for_appointment(client)
    pay(timezone.now())
    assert "We have your request" in {mail.subject for mail in mailoutbox}


@pytest.mark.parametrize(
    ("text", "answer"), [("AYUDA", "nadie lee textos"), ("INFO", "nobody reads texts")]
)
def test_a_text_is_answered_in_the_language_it_was_written_in(house, text, answer):
    said = receive(Inbound("+12125550177", text), at=timezone.now())
    assert answer in said
    assert "{" not in said


@pytest.mark.parametrize("signed", [True, False])
def test_a_consent_is_given_to_the_words_on_the_screen(client, house, signed):
    if not signed:
        unsign("consent")
    page = asked_for_appointment(client)
    language = "es" if signed else "en"
    words = CONSENTS_IN[language][ConsentKind.CONTACT][0]
    assert (words, language) in spoken(page)
    (given,) = Consent.rows.all()
    assert (given.language, given.text_version.content["words"]) == (language, words)


@pytest.mark.parametrize(
    ("signed", "heading"),
    [
        (True, ("¿Qué describe mejor en qué punto está usted ahora?", "es")),
        (False, ("What best describes where you are now?", "en")),
    ],
)
def test_a_question_is_asked_in_spanish(client, house, signed, heading):
    if not signed:
        unsign("question")
    walk(client, {"safety": {"very_ill": "no"}, "who": {"who": "me"}}, room="screening")
    assert heading in spoken(client.get(reverse("screening:now")))


@pytest.mark.parametrize("signed", [True, False])
def test_what_may_fit_is_told_in_spanish(client, house, signed):
    if not signed:
        for kind in ("verdict", "trial_card", "criteria"):
            unsign(kind)
    said = spoken(answered(client))
    spanish = {
        ("Estos podrían encajar con lo que nos contó", "es"),
        ("Nos contó que el cáncer se ha extendido.", "es"),
    }
    english = {
        ("These may fit what you told us", "en"),
        ("You told us that the cancer has spread.", "en"),
    }
    assert said >= (spanish if signed else english)
    assert not said & (english if signed else spanish)


def test_a_verdict_without_approved_words_is_not_told(client, house):
    Approval.objects.filter(version__text__kind="verdict").delete()
    said = spoken(answered(client))
    assert ("Pregúntenos por estos", "es") in said
    assert not {text for text, _language in said if "podrían encajar" in text}


def test_a_heading_is_filled_in_its_own_language(house):
    at = timezone.now()
    day = timezone.localdate(at.replace(month=3, day=14))
    headings = Headings.read("es", at=at)
    later = headings.of(Verdict.LATER, count=0, day=day)
    assert later.words == f"Podría encajar después del 14 de marzo de {day.year}"
    one, two = (headings.of(Verdict.POSSIBLE, count=count, day=None) for count in (1, 2))
    assert (one.words, two.words) == (
        "Estos podrían encajar; 1 respuesta lo diría",
        "Estos podrían encajar; 2 respuestas lo dirían",
    )
    with translation.override("en"):
        assert headings.of(Verdict.LATER, count=0, day=day) == later


def test_every_approval_in_the_sample_says_that_it_is_one(house):
    given = Approval.objects.select_related("version__text")
    for one in given:
        assert "sample" in one.credential.lower()
        assert one.kind != IRB or "sample" in f"{one.board} {one.number}".lower()
        assert one.expires_at - one.approved_at == timedelta(days=365)
    spanish = {one.version.text.kind for one in given if one.kind == TRANSLATION}
    assert spanish == {*KINDS, "page"}
    cards = [one.version for one in given if one.version.text.kind == "trial_card"]
    assert cards
    for version in cards:
        note = "Es una muestra" if version.text.language == "es" else "This is a sample"
        assert note in version.content["what"]
