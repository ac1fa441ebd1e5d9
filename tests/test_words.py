"""Words that no patient reads: on pages, in forms, in the catalogs, in the sample's signed texts.

The copy guide (clinic/design/COPY.md) says what to say instead, and why.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import polib
import pytest
from django.conf import settings

from clinic.translations.collecting import is_for_staff
from clinic.translations.compiling import catalogs

ROOT = Path(settings.BASE_DIR)
GUIDE = ROOT / "clinic/design/COPY.md"
ROOMS = ("clinic", "education", "referrals")
SAMPLES = (
    "clinic/outbox/sample.py",
    "clinic/people/sample.py",
    "clinic/places/sample.py",
    "education/sample",
    "referrals/screening/sample",
    "referrals/trials/sample",
)

FORBIDDEN = {
    "en": {
        "eligible": r"(in)?eligib\w*",
        "unlikely": r"unlikely",
        "subject": r"subjects?",
        "lead": r"leads?",
        "tracker": r"track(er|ers|ing)",
        "withdraw": r"withdr[ae]w\w*",
        "no-show": r"no[- ]shows?",
        "anonymous": r"anonym\w*",
        "battle": r"battl\w+|wars?|warriors?|enem(y|ies)",
        "fight": r"fight\w*|fought",
        "miracle": r"miracles?|miraculous|breakthroughs?|wonder drugs?",
        "guinea pig": r"guinea pigs?",
        "victim": r"victims?|sufferers?",
        "non-compliant": r"non-?complian\w+",
        "hope": r"hope\w*",
    },
    "es": {
        "elegible": r"(in)?elegib\w*",
        "improbable": r"improbables?",
        "sujeto": r"sujetos?",
        "rastreador": r"rastread\w+|rastreos?",
        "retirarse": r"(se )?retir(o|ó|a|ar|arse|ada|ado|adas|ados)",
        "inasistencia": r"inasisten\w+|no se presentó",
        "anónimo": r"an[óo]nim\w+",
        "batalla": r"batall\w+|guerr\w+|enemig\w+|combat\w+",
        "lucha": r"luch\w+",
        "milagro": r"milagr\w+",
        "conejillo de Indias": r"conejillos?",
        "víctima": r"v[íi]ctimas?",
        "prueba clínica": r"pruebas? clínicas?|estudios? clínicos?",
        "tú": r"tú|tu|tus|ti|te|tuy[oa]s?|contigo",
        "vosotros": r"vosotr[oa]s|vuestr[oa]s?|os",
        "ordenador": r"ordenador\w*|móvil\w*",
        "coger": r"coger|coja|coge",
    },
}
"""The word as the guide names it, and its forms; each only as a whole word."""

EXCEPTIONS = {
    ("templates/design/footer.html", "No trackers"): "the promise itself",
    ("referrals/trials/codes.py", "Lead"): "a duty's name, which colleagues read in the admin",
    ("clinic/locale/es/LC_MESSAGES/django.po", "Retirado"): "a state of criteria, for colleagues",
    ("clinic/outbox/sample.py", "subject"): "the key of a mail's subject line",
    ("education/sample/pages/how-we-write.toml", "words of war"): "says that we use none",
    ("education/sample/pages/es/how-we-write.toml", "palabras de guerra"): "says the same",
    ("education/sample/indications.toml", "withdrawn"): "a code of ours, never shown",
}
"""(file, phrase): why these very words may stand in this very file."""


@dataclass(frozen=True)
class Said:
    """A piece of text that a patient may read."""

    file: str
    language: str
    text: str


# -- What patients read ----------------------------------------------------------------------------
SILENT = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->|<(script|style)\b.*?</\1>", re.DOTALL
)
TRANSLATED = re.compile(r"""\b(?:translate|trans)\s+"([^"]+)"|\b_\("([^"]+)"\)""")
READ_OUT = re.compile(r"""\b(?:alt|title|aria-label|placeholder)="([^"{]+)""")
MARKUP = re.compile(r"{%.*?%}|{{.*?}}|<[^>]*>", re.DOTALL)


def in_template(source):
    """The words of a template: what it translates, what is read out, and its bare text."""
    heard = SILENT.sub(" ", source)
    for found in (*TRANSLATED.finditer(heard), *READ_OUT.finditer(heard)):
        yield next(filter(None, found.groups()))
    yield from (line.strip() for line in MARKUP.sub("\n", heard).splitlines() if line.strip())


MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


def strings(tree):
    """Every string of some code but its docstrings, which nobody is shown."""
    notes = {
        id(one.value)
        for one in ast.walk(tree)
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
    }
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in notes:
            yield one.value


def marked(source):
    """The strings that some code marks for translation."""
    for one in ast.walk(ast.parse(source)):
        called = getattr(one, "func", None)
        if isinstance(called, ast.Name) and called.id in MARKS:
            yield from strings(one)


def leaves(value):
    """Every string in a body, at whatever depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from leaves(one)


def in_sample(path):
    """The words of one file of the sample; from the catalogue only what is written for patients."""
    source = path.read_text("utf-8")
    if path.suffix == ".py":
        return strings(ast.parse(source))
    content = tomllib.loads(source) if path.suffix == ".toml" else json.loads(source)
    if path.name == "catalogue.json":
        words = ("words", "met", "not_met", "ask")
        cards = [study["card"] for study in content["studies"]]
        content = [*cards, *([line[one] for one in words] for line in content["lines"].values())]
    return leaves(content)


def language_of(path):
    return "es" if ".es." in path.name or path.parent.name == "es" else "en"


def from_templates():
    for path in sorted((ROOT / "templates").rglob("*.html")):
        name = path.relative_to(ROOT).as_posix()
        if not is_for_staff(name):
            yield from (Said(name, "en", one) for one in in_template(path.read_text("utf-8")))


def from_code():
    for path in sorted(one for room in ROOMS for one in (ROOT / room).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not is_for_staff(name):
            yield from (Said(name, "en", one) for one in marked(path.read_text("utf-8")))


def from_catalogs():
    for path in catalogs():
        name = path.relative_to(ROOT).as_posix()
        for entry in polib.pofile(str(path)):
            for one in (entry.msgstr, *entry.msgstr_plural.values()):
                yield Said(name, path.parts[-3], one)


def from_samples():
    for place in SAMPLES:
        inside = ROOT / place
        paths = [inside] if inside.is_file() else sorted(inside.rglob("*.*"))
        for path in paths:
            if path.suffix in {".toml", ".json"} or path == inside:
                name = path.relative_to(ROOT).as_posix()
                for one in in_sample(path):
                    yield from in_their_languages(Said(name, language_of(path), one), path)


def in_their_languages(said, path):
    """A file that holds both languages is read in both."""
    if path.suffix != ".py":
        return [said]
    return [Said(said.file, language, said.text) for language in FORBIDDEN]


SOURCES = {
    "templates": from_templates,
    "code": from_code,
    "catalogs": from_catalogs,
    "samples": from_samples,
}


# -- The test --------------------------------------------------------------------------------------
def _pattern(forms):
    return re.compile(rf"\b({'|'.join(forms.values())})\b", re.IGNORECASE)


ADDRESS = re.compile(r"https?://\S+")
PATTERNS = {language: _pattern(forms) for language, forms in FORBIDDEN.items()}


def faults(pieces):
    """What must not be said, with its file and the words around it."""
    found = []
    for one in pieces:
        text = ADDRESS.sub("", one.text)
        for file, phrase in EXCEPTIONS:
            if file == one.file:
                text = text.replace(phrase, "")
        if word := PATTERNS[one.language].search(text):
            found.append(f"{one.file}: “{word[0]}” in “{' '.join(text.split())[:90]}”")
    return found


@pytest.mark.parametrize("source", SOURCES)
def test_no_patient_reads_a_forbidden_word(source):
    pieces = list(SOURCES[source]())
    assert len(pieces) > 60, "nothing was read"
    assert not faults(pieces), "\n".join(faults(pieces))


@pytest.mark.parametrize(("file", "phrase"), EXCEPTIONS)
def test_no_exception_outlives_its_words(file, phrase):
    here = [one for read in SOURCES.values() for one in read() if one.file == file]
    spared = [replace(one, file="elsewhere") for one in here if phrase in one.text]
    assert faults(spared), "it is needed no more"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "You may be Eligible for this."),
        ("en", "If you withdrew, tell us."),
        ("en", "This no-show was noted."),
        ("es", "Usted no es elegible."),
        ("es", "Cuéntanos de tu cáncer."),
        ("es", "Ganó la batalla."),
        ("es", "Una prueba clínica."),
    ],
)
def test_each_list_finds_its_words(language, text):
    assert faults([Said("page.html", language, text)])


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "a misleading plead"), ("es", "Su tutor le atiende; los síntomas"), ("es", "el té")],
)
def test_only_whole_words_count(language, text):
    assert not faults([Said("page.html", language, text)])


def test_a_template_is_read_whole():
    source = """{# no lead #}{% load i18n %}<p class="lead" title="no-show">
      {% translate "You are eligible" as x %}{% include "a" with y=_("unlikely") %}
      {% blocktranslate %}one subject{% endblocktranslate %}</p>"""
    words = [Said("x.html", "en", one) for one in in_template(source)]
    assert len(faults(words)) == 4


@pytest.mark.parametrize("language", FORBIDDEN)
def test_the_guide_names_every_forbidden_word(language):
    guide = GUIDE.read_text("utf-8").lower()
    assert [word for word in FORBIDDEN[language] if f"| {word.lower()}" not in guide] == []
