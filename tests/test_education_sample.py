"""The sample pages: their facts, their reading grade, their words."""

from __future__ import annotations

import re
import tomllib

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from clinic.signing.models import Approval, TextVersion
from education.models import Indication, Page
from education.sample.loading import FOLDER, load
from tests import education_builders as make

FILES = sorted((FOLDER / "pages").glob("*.toml"))
SPANISH_FILES = sorted((FOLDER / "pages/es").glob("*.toml"))
NEVER = (
    r"eligible|unlikely|subjects?|lead|leads|leading|track(?:er|ers|ing)|withdr\w+|no-show"
    r"|fight\w*|battl\w*|attack\w*|groundbreaking|promising|breakthrough|brakes?"
)
SLUG = "immunotherapy-for-breast-cancer"


@pytest.fixture
def loaded(db):
    make.editor()
    make.reviewer()
    load(timezone.now())


def words_of(path) -> str:
    page = tomllib.loads(path.read_text(encoding="utf-8"))
    blocks = "\n".join(f"{one['heading']}.\n{one['text']}" for one in page["blocks"])
    return re.sub(r"\[\d+\]|[*#]", "", f"{page['title']}.\n{page['summary']}\n{blocks}")


def syllables(word: str) -> int:
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<!l)e$", "", word.lower()))))


def reading_grade(text: str) -> float:
    """Flesch-Kincaid with a crude count of syllables: about one grade of error."""
    lines = [re.sub(r"^\s*(?:-|\d+\.)\s*", "", line) for line in text.splitlines()]
    sentences = [one for line in lines for one in re.split(r"(?<=[.!?:])\s", line)]
    counted = [words for one in sentences if (words := re.findall(r"[A-Za-z'’-]+", one))]
    number = sum(len(one) for one in counted)
    sounds = sum(syllables(word) for one in counted for word in one)
    return 0.39 * number / len(counted) + 11.8 * sounds / number - 15.59


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_page_is_written_for_grade_eight_or_below(path):
    assert reading_grade(words_of(path)) <= 8


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_word_that_hurts_or_promises(path):
    assert re.findall(rf"\b(?:{NEVER})\b", words_of(path), re.IGNORECASE) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_telephone_number_stands_in_its_row_and_in_no_text(path):
    assert not re.search(r"\d{3}[-. ]\d{3,4}", words_of(path))


def test_loading_twice_changes_nothing(loaded):
    counts = [model.objects.count() for model in (Page, Indication, TextVersion, Approval)]
    load(timezone.now())
    assert counts == [model.objects.count() for model in (Page, Indication, TextVersion, Approval)]
    spanish = len(SPANISH_FILES)
    assert counts == [6, 9, 6 + spanish, 6 + 2 * spanish]


def test_every_sample_page_is_live_and_says_it_is_a_sample(loaded, client):
    for made in Page.objects.all():
        response = client.get(reverse("education:page", args=[made.slug]))
        assert "This is sample content." in response.text
        assert "Approved by rosa" in response.text


@pytest.mark.parametrize("path", SPANISH_FILES, ids=lambda path: path.stem)
def test_a_page_in_spanish_says_all_that_the_english_one_says(path, loaded, client):
    english, spanish = (
        tomllib.loads(one.read_text(encoding="utf-8"))
        for one in (FOLDER / "pages" / path.name, path)
    )
    shapes = [
        [
            (one["kind"], one["text"].count("\n- "), one["text"].count("]("))
            for one in page["blocks"]
        ]
        for page in (english, spanish)
    ]
    assert shapes[0] == shapes[1]
    with translation.override("es"):
        text = client.get(reverse("education:page", args=[english["slug"]])).text
    assert spanish["title"] in text
    assert english["summary"] not in text


def test_the_page_tells_the_corrected_facts(loaded, client):
    text = " ".join(client.get(reverse("education:page", args=[SLUG])).text.split())
    ended = r"Atezolizumab.*No longer approved in the US</span> since Aug\. 27, 2021"
    assert re.search(ended, text)
    assert "CPS) must be 10 or higher" in text
    assert "since June 24, 2026" in text
    assert "since Sept. 19, 2025" in text
    chain = [f"<strong>{number}</strong>" for number in (42, 28, 6, 3)]
    assert sorted(chain, key=text.index) == chain
    assert "Something here has changed" not in text


def test_every_number_in_brackets_leads_to_a_source(loaded, client):
    text = client.get(reverse("education:page", args=[SLUG])).text
    cited = set(re.findall(r'href="#source-(\d+)"', text))
    assert cited == set(re.findall(r'id="source-(\d+)"', text))
    assert not re.search(r"(?<!\">)\[\d+\](?!</a>)", text)


def test_numbers_about_time_are_folded_until_a_reader_opens_them(loaded, client):
    text = client.get(reverse("education:page", args=[SLUG])).text
    assert "You can skip this." in text
    assert "<details open" not in text
    assert text.index("<details") < text.index("11.2 months")
