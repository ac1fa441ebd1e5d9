"""The catalog is whole, is compiled by whoever starts first, and holds no guess."""

from __future__ import annotations

import ast
import os
import re
import shutil
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation.template import templatize

from clinic.translations.collecting import is_for_staff
from clinic.translations.compiling import Doubtful, catalogs, compile_catalog, compile_changed

ROOMS = ("clinic", "education", "referrals", "templates")
MARKS = {"_", "_lazy", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
IN_TEMPLATES = re.compile(r"""\b(?:_|n?gettext)\(u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
TAG = re.compile(r"</?[a-z][^>]*>")


@pytest.fixture(params=catalogs(), ids=lambda path: path.parts[-3])
def catalog(request):
    return polib.pofile(str(request.param))


@pytest.fixture
def copied(tmp_path):
    """A folder of languages to change."""
    for path in catalogs():
        target = tmp_path / path.relative_to(path.parents[2])
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)
    return tmp_path


def patients_files():
    """Every file that may speak to a patient, with its path in the project."""
    root = Path(settings.BASE_DIR)
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            place = path.relative_to(root).as_posix()
            if path.suffix in {".py", ".html"} and not is_for_staff(place):
                yield path, place


def marked(path):
    """The words that a file marks for translation."""
    source = path.read_text("utf-8")
    if path.suffix == ".html":
        found = IN_TEMPLATES.findall(templatize(source))
        return {ast.literal_eval(one).replace("%%", "%") for one in found}
    calls = (one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.Call))
    given = [
        one.args[0]
        for one in calls
        if getattr(one.func, "id", getattr(one.func, "attr", "")) in MARKS and one.args
    ]
    return {one.value for one in given if isinstance(one, ast.Constant)}


def places(text):
    """What is filled in and which tags stand around it."""
    return sorted(re.findall(r"%\(\w+\)[sd]", text)), sorted(TAG.findall(text))


def test_every_word_that_a_patient_may_meet_has_its_translation(catalog):
    known = {one.msgid.replace("%%", "%") for one in catalog.translated_entries()}
    missing = {
        f"{place}: {words}"
        for path, place in patients_files()
        for words in marked(path)
        if words and words not in known
    }
    assert not missing, "make words, then translate:\n" + "\n".join(sorted(missing))


def test_no_entry_is_empty_or_guessed(catalog):
    assert [one.msgid for one in catalog.untranslated_entries()] == []
    assert [one.msgid for one in catalog.fuzzy_entries()] == []
    assert [one.msgid for one in catalog.obsolete_entries()] == []


def test_a_translation_fills_the_same_places(catalog):
    for one in catalog:
        for words in one.msgstr_plural.values() or [one.msgstr]:
            source = one.msgid_plural or one.msgid
            assert places(words) == places(source), one.msgid


def test_a_translation_ends_as_its_source_does(catalog):
    for one in catalog:
        last = [text[-1] for text in (one.msgid, one.msgstr or one.msgstr_plural[0])]
        assert len({sign if sign in ".?:" else "" for sign in last}) == 1, one.msgid


def test_the_site_reads_what_was_compiled():
    with translation.override("es"):
        assert gettext("Request an appointment") == "Pedir una cita"


def test_only_what_has_changed_is_compiled(copied):
    first = compile_changed(copied)
    assert [path.suffix for path in first] == [".mo"] * len(catalogs())
    assert compile_changed(copied) == []
    later = first[0].stat().st_mtime + 1
    os.utime(first[0].with_suffix(".po"), (later, later))
    assert compile_changed(copied) == first[:1]
    assert sorted(path.suffix for path in first[0].parent.iterdir()) == [".mo", ".po"]


def test_a_guess_is_refused_and_what_stood_there_stays(copied):
    [path, *_] = catalogs(copied)
    before = compile_catalog(path).read_bytes()
    entries = polib.pofile(str(path))
    entries[0].flags.append("fuzzy")
    entries.save()
    with pytest.raises(Doubtful, match=re.escape(entries[0].msgid)):
        compile_catalog(path)
    assert path.with_suffix(".mo").read_bytes() == before


@pytest.mark.parametrize(
    ("place", "staff"),
    [
        ("templates/staff/found.html", True),
        ("templates/desk/detail.html", True),
        ("templates/desk/send.html", False),
        ("clinic/outbox/views.py", True),
        ("clinic/people/models/person.py", False),
        ("clinic/people/models/staff.py", True),
        ("referrals/desk/standing.py", False),
        ("templates/requests/detail.html", False),
    ],
)
def test_what_is_for_staff_is_named(place, staff):
    assert is_for_staff(place) is staff
