"""The pages of "find trials that may fit", as a browser without scripts sees them."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from clinic.people import roles
from clinic.people.models import RoleHeld, User
from clinic.places.models import ContactPoint
from clinic.places.sample import load as load_places
from clinic.signing.kinds import TRANSLATION
from clinic.signing.models import Approval, Text
from referrals.screening.questions import QUESTIONS
from referrals.screening.sample.loading import load
from referrals.screening.steps import JOURNEY
from referrals.trials.codes import LocalStatus
from referrals.trials.models import Cohort, Study

pytestmark = pytest.mark.django_db

ANSWERS = {
    "now": {"answer": "metastatic"},
    "birth": {"answer_month": "3", "answer_year": "1968"},
    "sex": {"answer": "female"},
    "travel": {"answer": "few"},
    "type": {"answer": ["triple_negative", "her2_low"]},
    "stage": {"answer": "four"},
}


def url(name):
    return reverse(f"screening:{name}")


def page(response):
    return html.unescape(response.content.decode())


@pytest.fixture(autouse=True)
def colleagues():
    for name, role in (("editor", roles.EDITOR), ("reviewer", roles.REVIEWER)):
        user = User.objects.create_user(f"{name}@riverside.example", full_name=name)
        RoleHeld.objects.create(user=user, role=role)


@pytest.fixture
def asked(colleagues):
    load(timezone.now() - timedelta(minutes=1))


@pytest.fixture
def begun(client, asked):
    """A browser that has answered the safety check and whom this is for."""
    client.post(url("safety"), {"very_ill": "no"})
    assert client.post(url("who"), {"who": "me"}).url == url("now")
    return client


def answer_all(client):
    for slug, values in ANSWERS.items():
        response = client.post(url(slug), values)
        assert response.status_code == 302, page(response)
    return response


def open_study(name="A study", **fields):
    values = {"local_name": name, "title": name, "local_status": LocalStatus.OPEN}
    row = Study.objects.create(**(values | fields))
    Cohort.objects.create(study=row, code="a", label="a", local_status=LocalStatus.OPEN)
    return row


def test_the_sample_words_ask_all_six_in_order_and_load_twice(begun):
    load(timezone.now())
    asked = Text.objects.filter(kind="question").values_list("language", "subject")
    codes = {one.code for one in QUESTIONS}
    assert set(asked) == {(language, code) for language in ("en", "es") for code in codes}
    assert answer_all(begun).url == url("results")
    assert list(sealed(begun)["answers"]) == [one.code for one in QUESTIONS]


def sealed(client):
    """What the browser's cookie holds."""
    request = type("Request", (), {"COOKIES": {JOURNEY.name: client.cookies[JOURNEY.name].value}})
    return JOURNEY.read(request)


@pytest.mark.parametrize("slug", ANSWERS)
def test_each_question_is_its_pages_heading_with_its_expanders(begun, slug):
    answer_all(begun)
    text = page(begun.get(url(slug)))
    assert text.count("<h1") == 1
    assert "Not sure" in text
    assert "Why we ask" in text
    assert "Where do I find this?" in text
    assert re.search(r"Question \d of 6", text)


def test_the_cookie_is_sealed(begun):
    answer_all(begun)
    cookie = begun.cookies[JOURNEY.name]
    assert "metastatic" not in cookie.value
    assert cookie["httponly"]
    assert len(cookie.value) < 4000


def test_back_shows_what_was_answered(begun):
    answer_all(begun)
    assert 'value="1968"' in page(begun.get(url("birth")))
    assert re.search(r'value="four"[^>]*checked', page(begun.get(url("stage"))))
    text = page(begun.get(url("type")))
    assert len(re.findall(r"<input[^>]*checked", text)) == 2


def test_going_back_and_changing_keeps_the_other_answers(begun):
    answer_all(begun)
    begun.post(url("stage"), {"answer": "one"})
    answers = sealed(begun)["answers"]
    assert answers["stage_group"] == ["one"]
    assert answers["disease_setting"] == ["metastatic"]


@pytest.mark.parametrize("slug", ANSWERS)
def test_nothing_chosen_is_said_at_the_field(begun, slug):
    for before, values in ANSWERS.items():
        if before == slug:
            break
        begun.post(url(before), values)
    response = begun.post(url(slug), {})
    text = page(response)
    assert response.status_code == 200
    assert "<title>Error:" in re.sub(r"\s+", " ", text).replace("<title> ", "<title>")
    assert "There is a problem" in text
    assert "#id_answer" in text


@pytest.mark.parametrize(
    ("month", "year", "words"),
    [
        ("3", "1800", "130 years or more"),
        ("13", "1968", "from 1 to 12"),
        ("3", "😀", "4 digits"),
        ("3", "", "year"),
        ("3", "9" * 5000, "4 digits"),
        ("12", "2999", "still to come"),
        ("<script>", "1968", "from 1 to 12"),
        ("\u202e3", "19\x0068", "from 1 to 12"),
    ],
)
def test_a_month_that_cannot_be_keeps_what_was_typed(begun, month, year, words):
    begun.post(url("now"), ANSWERS["now"])
    response = begun.post(url("birth"), {"answer_month": month, "answer_year": year})
    text = page(response)
    assert response.status_code == 200
    assert words in text
    assert f'value="{year}"' in text or not year or "\x00" in year
    assert "<script>" not in response.content.decode()


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"answer_month": "", "answer_year": "1968"}, "1968"),
        ({"answer_month": "March", "answer_year": "1968"}, "1968-03"),
        ({"answer_month": "", "answer_year": "", "instead": "declined"}, "declined"),
        ({"answer_month": "3", "answer_year": "1968", "instead": "unsure"}, "1968-03"),
    ],
)
def test_ways_to_answer_the_birth(begun, values, kept):
    begun.post(url("now"), ANSWERS["now"])
    assert begun.post(url("birth"), values).url == url("sex")
    assert sealed(begun)["answers"]["age_years"] == [kept]
    begun.get(url("birth"))


def test_a_child_is_met_kindly_and_nothing_is_kept(begun):
    load_places(timezone.now())
    number = ContactPoint.objects.get(role="pediatric").display
    begun.post(url("now"), ANSWERS["now"])
    born = str(timezone.localdate().year - 7)
    response = begun.post(url("birth"), {"answer_month": "1", "answer_year": born}, follow=True)
    text = page(response)
    assert number in text
    assert "We have not stored anything" in text
    assert begun.cookies[JOURNEY.name].value == ""


@pytest.mark.parametrize("slug", [*ANSWERS, "results"])
def test_a_post_before_its_turn_goes_to_the_first_page_missing(client, asked, slug):
    response = client.post(url(slug), ANSWERS.get(slug, {"ask": "anyone"}))
    assert response.url == url("safety")
    client.post(url("safety"), {"very_ill": "no"})
    client.post(url("who"), {"who": "someone"})
    if slug != "now":
        assert client.post(url(slug), ANSWERS.get(slug, {})).url == url("now")


def test_a_changed_cookie_starts_again_with_a_plain_sentence(begun):
    begun.cookies[JOURNEY.name] = begun.cookies[JOURNEY.name].value[:-6] + "AAAAAA"
    response = begun.get(url("birth"), follow=True)
    assert response.redirect_chain[-1][0] == url("start")
    assert "please start again" in page(response)
    assert "please start again" not in page(begun.get(url("start")))


def test_a_question_without_approved_words_is_not_asked(begun):
    Approval.objects.filter(version__text__subject="age_years").delete()
    assert begun.post(url("now"), ANSWERS["now"]).url == url("sex")
    assert begun.get(url("birth")).url == url("sex")
    assert "of 5" in page(begun.get(url("sex")))


def test_without_any_approved_words_a_person_is_still_reached(client):
    client.post(url("safety"), {"very_ill": "no"})
    assert client.post(url("who"), {"who": "me"}).url == url("results")
    assert "Ask a coordinator to look for me" in page(client.get(url("results")))


def test_for_someone_says_who_you_is(client, asked):
    client.post(url("safety"), {"very_ill": "no"})
    client.post(url("who"), {"who": "someone"})
    assert "means that person" in page(client.get(url("now")))


def test_without_spanish_words_the_english_question_is_asked_and_marked(begun):
    Approval.objects.filter(kind=TRANSLATION).delete()
    with translation.override("en"):  # A request leaves its language behind in this thread.
        text = page(begun.get("/es/find/now/"))
        heading = r'lang="en"[^>]*>\s*(<h1>)?\s*What best describes where you are now'
        assert re.search(heading, text)
        assert begun.post("/es/find/now/", ANSWERS["now"]).url == "/es/find/birth/"


def test_results_offer_a_person_even_with_no_study(begun):
    answer_all(begun)
    text = page(begun.get(url("results")))
    assert "that you can ask about" not in text
    assert "Ask a coordinator to look for me" in text
    assert "Treatments that are already approved may be right for you without a trial" in text
    response = begun.post(url("results"), {"ask": "anyone"})
    assert response.url == reverse("desk:contact")
    assert sealed(begun)["studies"] == []


def test_chosen_studies_travel_on_and_unknown_ids_do_not(begun):
    row = open_study()
    closed = open_study("Closed", local_status=LocalStatus.CLOSED)
    answer_all(begun)
    text = page(begun.get(url("results")))
    assert "Ask us about these" in text
    assert "There is 1 study here that you can ask about." in text
    sent = {"ask": "chosen", "studies": [str(row.pk), str(closed.pk), "<script>", "no"]}
    assert begun.post(url("results"), sent).url == reverse("desk:contact")
    assert sealed(begun)["studies"] == [str(row.pk)]
    assert re.search(r"<input[^>]*checked", page(begun.get(url("results"))))


def test_asking_about_no_study_says_what_to_do(begun):
    row = open_study()
    answer_all(begun)
    text = page(begun.post(url("results"), {"ask": "chosen"}))
    assert "Choose a study, or ask a coordinator" in text
    assert f'href="#study-{row.pk}"' in text
    assert f'id="study-{row.pk}"' in text


def test_no_page_uses_a_word_that_hurts(begun):
    open_study()
    texts = [page(begun.get(url("start")))]
    for slug, values in ANSWERS.items():
        texts.append(page(begun.get(url(slug))))
        begun.post(url(slug), values)
    texts.append(page(begun.get(url("results"))))
    harsh = r"\b(eligible|unlikely|subjects?|leads?|tracker|withdraw|no-show|fight|battle)\b"
    for text in texts:
        assert not re.search(harsh, re.sub(r"<[^>]*>", " ", text), re.IGNORECASE)


def test_titles_and_addresses_say_nothing_about_her(begun):
    answer_all(begun)
    for slug in [*ANSWERS, "results"]:
        title = re.search(r"<title>(.*?)</title>", page(begun.get(url(slug))), re.DOTALL)[1]
        assert not re.search("cancer|stage|trial|metasta", title, re.IGNORECASE)


def test_start_again_forgets(begun):
    answer_all(begun)
    assert begun.post(url("again")).url == url("start")
    assert begun.cookies[JOURNEY.name].value == ""
    assert begun.get(url("again")).status_code == 405


def test_pages_are_closed_until_the_centre_opens_them(client, settings):
    settings.PUBLIC_FORMS_OPEN = False
    assert client.get(url("start")).status_code == 503
