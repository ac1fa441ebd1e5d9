"""Sample words of messages, in English and Spanish, approved by a sample privacy officer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from clinic.demo.signing import SIGNED_BEFORE, publish
from clinic.outbox.messages import FALL_BACK, TEXT_KIND
from clinic.outbox.texting import words as sms
from clinic.outbox.texting.keywords import Word

CALL_US: Final = "If you did not ask for this, or if anything is wrong, please call {phone}."
MESSAGES: Final[dict[str, tuple[str, ...]]] = {
    "request_received": (
        "We have your request",
        "Hello,",
        "we have your request. By {due} {caller} will get in touch with you.",
        "Your reference is {reference}. You can look at your request here: {link}",
        CALL_US,
        "{centre}",
    ),
    FALL_BACK: (
        "Please call us",
        "Hello,",
        "please call us at {phone} when it suits you.",
        "{centre}",
    ),
    "link_again": (
        "Your link",
        "Hello,",
        "you, or a colleague of ours for you, asked us for this link again:",
        "{link}",
        "Anyone who has it can open what you sent us. Your reference: {reference}.",
        CALL_US,
        "{centre}",
    ),
    "colleague_new": (
        "Something new is waiting for you",
        "A new request is waiting in your list. Please sign in: {link}",
    ),
    "colleague_invite": (
        "Choose your password",
        "You have an account with {centre}.",
        "Choose a password here: {link}",
        "The link works once and for three days.",
    ),
    "colleague_reset": (
        "A link for a new password",
        "Choose a new password here: {link}",
        "The link works once and for three days.",
        "If you did not ask for it, do nothing: your password stays as it is.",
    ),
    "colleague_moved": (
        "Your address was changed",
        "The e-mail address of your account with {centre} was changed.",
        "This address no longer opens it.",
        "If that was not you, please call {phone} at once.",
    ),
    "colleague_queue": (
        "Something needs a person",
        "Something could not be done by itself. A person must look at it: {link}",
    ),
}
"""A title and its lines. What colleagues are sent stands in English only."""
CALL_US_ES: Final = "Si usted no pidió esto, o si algo no está bien, llámenos al {phone}."
MESSAGES_ES: Final[dict[str, tuple[str, ...]]] = {
    "request_received": (
        "Tenemos su solicitud",
        "Hola:",
        "Tenemos su solicitud. A más tardar el {due}, {caller} se comunicará con usted.",
        "Su referencia es {reference}. Puede ver su solicitud aquí: {link}",
        CALL_US_ES,
        "{centre}",
    ),
    FALL_BACK: (
        "Por favor, llámenos",
        "Hola:",
        "Por favor, llámenos al {phone} cuando le venga bien.",
        "{centre}",
    ),
    "link_again": (
        "Su enlace",
        "Hola:",
        "Usted, o alguien de nuestro equipo por usted, nos pidió este enlace otra vez:",
        "{link}",
        "Quien lo tenga puede abrir lo que usted nos envió. Su referencia: {reference}.",
        CALL_US_ES,
        "{centre}",
    ),
}
TEXTS: Final[dict[str, str]] = {
    sms.RECEIVED: "{centre}: we have your request {reference}. By {due} {caller} will call you. "
    "Questions: {phone}. STOP ends texts, HELP for help.",
    Word.STOP: "{centre}: you will get no more texts from us. What you asked for goes on. "
    "Questions: {phone}.",
    Word.HELP: "{centre}: nobody reads texts here. Please call {phone}. In danger call 911. "
    "Answer STOP to end texts.",
    Word.START: "{centre}: to get texts from us again, please tell us on the phone: {phone}.",
    Word.OTHER: "{centre}: nobody reads texts here. Please call {phone}. In an emergency call 911.",
    Word.URGENT: "{centre}: please do not wait for us. In danger call 911. Day or night: {phone}. "
    "If you feel you cannot go on, call or text 988.",
}
TEXTS_ES: Final[dict[str, str]] = {
    sms.RECEIVED: "{centre}: tenemos su solicitud {reference}. Antes del {due} le llama {caller}. "
    "Dudas: {phone}. ALTO termina textos, AYUDA da ayuda.",
    Word.STOP: "{centre}: ya no le vamos a mandar textos. Lo que nos pide sigue igual. "
    "Preguntas: {phone}.",
    Word.HELP: "{centre}: nadie lee textos en este lugar. Por favor llame al {phone}. En peligro "
    "llame al 911. Responda ALTO para no recibir textos.",
    Word.START: "{centre}: para recibir textos otra vez, por favor llame al {phone}.",
    Word.OTHER: "{centre}: nadie lee textos en este lugar. Por favor llame al {phone}. En una "
    "emergencia llame al 911.",
    Word.URGENT: "{centre}: por favor no espere. En peligro llame al 911. A toda hora: {phone}. "
    "Si siente que no puede seguir, llame o escriba al 988.",
}
"""In words that need no accent: with one a text is cut at 70 signs."""
MAILS_IN: Final = {"en": MESSAGES, "es": MESSAGES_ES}
TEXTS_IN: Final = {"en": TEXTS, "es": TEXTS_ES}
LANGUAGES: Final = tuple(MAILS_IN)


def load(at: datetime, *, languages: Iterable[str] = LANGUAGES) -> None:
    """Approve the sample messages and text messages that are not there yet."""
    for language in languages:
        _publish_mails(MAILS_IN[language], language, at=at - SIGNED_BEFORE)
        for word, words in TEXTS_IN[language].items():
            publish(sms.KIND.code, word, language, {"words": words}, at=at - SIGNED_BEFORE)


def _publish_mails(mails: Mapping[str, tuple[str, ...]], language: str, *, at: datetime) -> None:
    for subject, (title, *lines) in mails.items():
        body = {"subject": title, "lines": lines}
        publish(TEXT_KIND.code, subject, language, body, at=at)
