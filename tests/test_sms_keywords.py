"""Words that people text: every way to say STOP, START and HELP, and what is no such word."""

from __future__ import annotations

import pytest

from clinic.outbox.texting.keywords import Word, read


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
        "Please stop",
        "please stop texting me",
        "I said stop!",
        "no more texts",
        "No more messages please",
        "don't text me",
        "do not text me",
        "please don’t send me any more messages",
        "remove me",
        "remove me from your list",
        "STOPP",
        "end texts",
        "quit texting",
        "cancel texts",
        "PARE",
        "¡Ya basta!",
        "por favor alto",
        "no más mensajes",
        "ya no me manden mensajes",
        "No me escriban más",
        "dejen de escribirme",
        "deténgase",
        "basta",
        "salir",
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
        ("cancel my appointment", Word.OTHER),
        ("Can I stop by at three?", Word.OTHER),
        ("I can't stop coughing", Word.OTHER),
        ("at the bus stop", Word.OTHER),
        ("I got your text, thank you", Word.OTHER),
        ("no me mandaron nada", Word.OTHER),
        ("no baja la hinchazón", Word.OTHER),
        ("no puedo salir hoy", Word.OTHER),
        ("😀\x00", Word.OTHER),
    ],
)
def test_other_words(text, word):
    assert read(text)[0] == word


def test_spanish_words_are_answered_in_spanish():
    assert read("ALTO")[1] == read("ayuda")[1] == read("no más mensajes")[1] == "es"
    assert read("STOP")[1] == read("Please stop")[1] == "en"
