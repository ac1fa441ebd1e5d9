"""The look: forms and their errors, slots, headers, and the pages shown when something is wrong."""

from __future__ import annotations

import datetime
import json
import re

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import include, path

from clinic.design import last_known, paths, slots, views
from clinic.design.forms import (
    EmailAddress,
    HouseForm,
    PhoneField,
    PlainText,
    ThreeBoxDate,
    WholeNumber,
    agreement,
    one_of,
    some_of,
)
from clinic.design.problems import problems


class Details(HouseForm):
    name = PlainText(label="Your name", max_length=20, help_text="As we should say it.")
    born = ThreeBoxDate(label="Date of birth", birth=True)
    phone = PhoneField(label="Phone", required=False)
    mail = EmailAddress(label="E-mail", required=False)
    who = one_of([("me", "For me"), ("someone", "For someone")], label="Who?", hints={"me": "You"})
    days = some_of([("mon", "Monday"), ("tue", "Tuesday")], label="Days", required=False)
    note = PlainText(label="Note", multiline=True, required=False)
    visits = WholeNumber(label="Visits", required=False)
    may_call = agreement(label="You may call me.", missing="Tick the box so that we may call you.")


class Stage(HouseForm):
    question = "stage"
    stage = one_of([("I", "Stage I"), ("II", "Stage II")], label="What stage is it?")


GOOD = {
    "name": "Ana Ruiz",
    "born_month": "3",
    "born_day": "27",
    "born_year": "1968",
    "who": "me",
    "may_call": "on",
}


def show(source, context=None, request=None):
    template = engines["django"].from_string(source)
    return template.render(context or {}, request or RequestFactory().get("/"))


def lost(request):
    raise OperationalError("connection to 10.0.0.5 refused")


def refuse(request):
    raise PermissionError


def cached(request):
    request.private = True
    return HttpResponse("x", headers={"Cache-Control": "public, max-age=60"})


def plain(request):
    return HttpResponse("x")


def form_page(request):
    return render(request, "house/form.html", {"form": Stage(request.POST or None)})


places = ([path("lost/", lost, name="lost"), path("plain/", plain, name="sign_out")], "staff")
urlpatterns = [
    path("lost/", lost),
    path("refuse/", refuse),
    path("cached/", cached),
    path("plain/", plain),
    path("form/", form_page),
    path("staff/", include(places)),
    path("admin/", plain),
]
handler404, handler500 = views.page_not_found, views.server_error


@pytest.fixture
def contact_file(settings, tmp_path):
    """The centre's numbers as last read."""
    settings.CONTACT_FILE = tmp_path / "contact.json"
    desk = {
        "label": "Front desk",
        "display": "(555) 010-0100",
        "digits": "+15550100100",
        "spoken": "",
        "hours_text": "Monday to Friday, 8 am to 5 pm",
    }
    content = {"name": "Riverbend", "contacts": {"main": desk}}
    settings.CONTACT_FILE.write_text(json.dumps(content))
    return settings.CONTACT_FILE


@pytest.fixture
def browser(contact_file):
    return Client(raise_request_exception=False)


# -- How a form is shown -------------------------------------------------------------------------


def test_a_script_is_shown_as_typed_and_never_runs():
    form = Details(GOOD | {"name": "<script>alert(1)</script>", "born_year": '"><script>'})
    page = show("{% house_form form %}", {"form": form})
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_good_form_is_clean():
    form = Details(GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == datetime.date(1968, 3, 27)
    assert problems(form) == []


def test_every_problem_leads_to_an_input_and_stands_beside_it():
    form = Details({"name": "x" * 30, "born_month": "2", "born_day": "31", "born_year": "1990"})
    page = show("{% house_form form %}", {"form": form})
    found = problems(form)
    assert {one.anchor for one in found} == {"id_name", "id_born_day", "id_who_0", "id_may_call"}
    for one in found:
        assert f'id="{one.anchor}"' in page
        assert page.count(str(one.message)) == 2
    assert 'role="alert"' in page
    assert "autofocus" in page


def test_what_was_typed_comes_back():
    typed = {"name": "x" * 30, "born_month": "Feb", "born_day": "31", "born_year": "a🎂"}
    page = show("{% house_form form %}", {"form": Details(typed)})
    assert all(f'value="{value}"' in page for value in typed.values())


def test_hint_and_error_describe_their_input_once_each():
    page = show("{% house_form form %}", {"form": Details({})})
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert re.search(r'<fieldset\s+aria-describedby="id_born_error">', page)
    assert 'aria-describedby="id_who_0_hint"' in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    described = re.findall(r'aria-describedby="([^"]+)"', page)
    assert {word for words in described for word in words.split()} <= set(ids)


def test_labels_hints_and_tokens():
    page = show("{% house_form form %}", {"form": Details()})
    assert page.count("(optional)") == 5
    assert 'autocomplete="bday-month"' in page
    assert 'autocomplete="tel"' in page
    assert "There is a problem" not in page
    assert " required" not in page
    assert "maxlength" not in page


def test_one_question_is_the_heading():
    page = show("{% house_form form %}", {"form": Stage()})
    assert re.search(r"<legend>\s*<h1 class=\"question\">What stage is it\?\s*</h1>", page)


def test_a_missing_answer_is_named_where_there_are_several():
    assert [one.message for one in problems(Stage({}))] == ["Choose an answer to go on."]
    assert "Choose an answer for “Who?”" in [one.message for one in problems(Details({}))]


def test_an_answer_from_elsewhere_is_refused_in_plain_words():
    assert problems(Stage({"stage": "V"}))[0].message == "Choose one of the answers on this page."


# -- Slots, contacts, languages ------------------------------------------------------------------


def test_a_slot_is_empty_until_it_is_filled():
    assert show('{% slot "test-empty" %}') == ""
    slots.fill("test-order", "design/tag.html", 20)
    slots.fill("test-order", "design/key_points.html", 10)
    slots.fill("test-order", "design/tag.html", 20)
    assert slots.templates_for("test-order") == ["design/key_points.html", "design/tag.html"]
    page = show('{% slot "test-order" %}', {"text": "<b>", "points": ["One"]})
    assert page.index("One") < page.index("&lt;b&gt;")


def test_a_number_dials_and_has_a_name(contact_file):
    desk = last_known.read().contacts["main"]
    link = show("{% phone desk hours=True %}", {"desk": desk})
    assert 'href="tel:+15550100100"' in link
    assert '<span class="visually-hidden">Front desk: </span>(555) 010-0100</a>' in link
    assert "8 am to 5 pm" in link
    assert show("{% phone nobody %}") == ""


@pytest.mark.parametrize("content", ["", "[]", "{", '{"name": 1, "contacts": [1]}', "\x00"])
def test_a_broken_contact_file_gives_an_empty_centre(contact_file, content):
    contact_file.write_text(content)
    assert last_known.read() == last_known.KnownCentre()


def test_paths_are_told_apart_in_every_language():
    assert paths.is_staff("/es/staff/")
    assert paths.is_staff("/admin/people/")
    assert not paths.is_staff("/staffing/")
    assert paths.without_language("/es/") == "/"
    assert paths.home_in("es") == "/es/"


# -- Headers -------------------------------------------------------------------------------------


@pytest.mark.urls(__name__)
def test_every_page_has_a_strict_policy_and_is_not_stored(browser):
    response = browser.get("/plain/")
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "connect-src" not in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"
    assert "camera=()" in response["Permissions-Policy"]
    assert "X-Robots-Tag" not in response


@pytest.mark.urls(__name__)
def test_a_view_decides_about_caches_and_search(browser):
    response = browser.get("/cached/")
    assert response["Cache-Control"] == "public, max-age=60"
    assert "noindex" in response["X-Robots-Tag"]
    assert "noindex" in browser.get("/staff/plain/")["X-Robots-Tag"]


@pytest.mark.urls(__name__)
def test_lists_of_colleagues_fetch_from_here_and_nowhere_else(browser):
    policy = browser.get("/staff/plain/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy


@pytest.mark.urls(__name__)
def test_the_admin_may_use_its_own_files_and_nothing_inline(browser):
    policy = browser.get("/admin/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


# -- When something is wrong. None of these tests may touch the database. --------------------------


@pytest.mark.urls(__name__)
def test_a_lost_database_shows_the_number_last_read(browser):
    response = browser.get("/lost/?page=2")
    assert response.status_code == 503
    assert response["Retry-After"]
    page = response.content.decode()
    assert "(555) 010-0100" in page
    assert "8 am to 5 pm" in page
    assert 'href="/lost/?page=2"' in page
    assert "10.0.0.5" not in page


@pytest.mark.urls(__name__)
def test_a_lost_database_loses_nothing_that_was_typed(browser):
    typed = {"name": 'Ana "<b>"', "days": ["mon", "tue"], "note": "line\nline", "go": "Send"}
    page = browser.post("/lost/", typed).content.decode()
    assert 'name="name" value="Ana &quot;&lt;b&gt;&quot;"' in page
    assert page.count('name="days"') == 2
    assert 'name="go" value="Send"' in page
    assert 'name="csrfmiddlewaretoken"' in page
    assert 'action="/lost/"' in page


@pytest.mark.urls(__name__)
def test_staff_pages_never_hand_back_what_was_posted(browser):
    response = browser.post("/staff/lost/", {"password": "hunter2hunter2"})
    assert response.status_code == 503
    assert b"hunter2" not in response.content


@pytest.mark.urls(__name__)
def test_a_mistake_of_ours_shows_a_number_and_no_detail(browser):
    response = browser.get("/refuse/")
    assert response.status_code == 500
    assert "(555) 010-0100" in response.content.decode()
    assert "PermissionError" not in response.content.decode()


@pytest.mark.urls(__name__)
def test_a_database_lost_outside_a_view_is_503_too(contact_file):
    request = RequestFactory().get("/form/")
    try:
        lost(request)
    except OperationalError:
        response = views.server_error(request)
    assert response.status_code == 503


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_form_without_its_token_can_be_sent_again(contact_file):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/form/", {"stage": "II"})
    assert response.status_code == 403
    page = response.content.decode()
    assert 'name="stage" value="II"' in page
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    again = strict.post("/form/", {"stage": "II", "csrfmiddlewaretoken": token})
    assert again.status_code == 200


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
def test_a_form_begun_on_another_site_is_not_handed_back(contact_file, headers):
    response = Client(enforce_csrf_checks=True).post("/form/", {"stage": "II"}, headers=headers)
    assert response.status_code == 403
    assert b'value="II"' not in response.content
