"""What a text asks for: no more texts, help, texts again, or nothing that we know. Pure.

Whoever wants no more texts may say so as she likes (47 CFR 64.1200(a)(10): any reasonable means).
When in doubt it is STOP: the request goes on, and what a text should have said is a call.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from clinic.phrases import pattern, plain


class Word(StrEnum):
    """What is answered to a text; the value names the approved answer."""

    STOP = "stopped"
    HELP = "help"
    START = "start"
    URGENT = "urgent"
    OTHER = "not_read"


WHOLE: Final = (
    (Word.STOP, "en", "stop stopall unsubscribe cancel end quit revoke optout"),
    (Word.STOP, "es", "alto baja parar pare paren cancelar basta salir"),
    (Word.HELP, "en", "help info"),
    (Word.HELP, "es", "ayuda"),
    (Word.START, "en", "start unstop"),
)
"""Words that are a whole text: those that carriers expect, and more."""

NOT_MEANT: Final = """
(bus|train|subway|cant|wont|dont|doesnt|didnt|non|never) stop
"""

STOPS: Final = """
(stop|quit|cease|no more|enough) … (text*|message*|messaging|sms)
(end|cancel) (the |these |all |your |my )?(text*|message*|messaging|sms)
dont (ever |please )?(text|message|sms|contact) | dont (send|want) … (text*|message*|sms)
(remove|unsubscribe|delete) me | take me off | (remove|delete) my number | opt me out
leave me alone | unsubscribe
"""
SHORT_STOPS: Final = "stop !(by|at|in|taking|for)"
"""Anywhere in a text of so few words that it says nothing else."""
FEW: Final = 4
HEADS: Final = "(please |pls |hi |hey |hello |ok |no )?(stop|unsubscribe)"
"""At the head of a text of any length: "stop this" is meant, too."""

ALTOS: Final = """
no (me |nos )?(vuelvan a |vuelva a |quiero que me )?(mande|manden|mandes|mandar|mandarme)
no (me |nos )?(vuelvan a |vuelva a |quiero que me )?(envie|envien|envies|enviar|enviarme)
no (me |nos )?(vuelvan a |vuelva a |quiero que me )?(escriba|escriban|escribas|escribir|escribirme)
no mas (mensaje*|texto*|sms) | no (quiero|deseo|quisiera) … (mensaje*|textos|sms)
(dejen|deje|deja|dejar|dejenme|dejame|paren|pare|parar|alto|basta) … \
(mensaje*|texto*|sms|escribir*|mandar*|enviar*|molestar*)
quitenme | quiteme | saquenme | saqueme | borrenme | borreme | eliminenme | elimineme
detengase | detenganse
"""
HEADS_ES: Final = """
(por favor |hola |ok )?(alto|baja|parar)
(por favor |hola |ok |ya )?(pare|paren|basta)
"""

_NOT_MEANT: Final = pattern(NOT_MEANT)
_STOPS: Final = pattern(STOPS)
_SHORT_STOPS: Final = pattern(SHORT_STOPS)
_HEADS: Final = pattern(HEADS)
_ALTOS: Final = pattern(ALTOS)
_HEADS_ES: Final = pattern(HEADS_ES)


def read(text: str) -> tuple[Word, str]:
    """What a text asks for, and in which language; "" where the word does not tell.

    Tolerant of case, accents, blanks, signs and doubled letters.
    """
    words = plain(text)
    whole = words.replace(" ", "")
    for word, language, known in WHOLE:
        if whole in plain(known).split():
            return word, language
    return (Word.STOP, language) if (language := _stops(words)) else (Word.OTHER, "")


def _stops(words: str) -> str:
    """The language in which no more texts are wanted; "" where they are."""
    if _ALTOS.search(words) or _HEADS_ES.match(words):
        return "es"
    if _STOPS.search(words) or _HEADS.match(words):
        return "en"
    rest = _NOT_MEANT.sub(" ", words)
    is_short = len(words.split()) <= FEW
    return "en" if is_short and _SHORT_STOPS.search(rest) else ""
