"""The template pack: every kind of field in every state, what is revealed, counted, grouped."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, ButtonHolder, Div, Fieldset, Layout, Submit
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.test import RequestFactory

from clinic.design.forms import (
    EmailAddress,
    FileField,
    HouseForm,
    MonthYear,
    PhoneField,
    PlainText,
    ThreeBoxDate,
    WholeNumber,
    agreement,
    one_of,
    some_of,
)
from clinic.people.sending import HelperSendForm, SendForm

TWO = [("a", "Apple"), ("b", "Bean")]
LANGUAGES = [("en", "English"), ("es", "Español")]


def password(**kwargs):
    return forms.CharField(widget=forms.PasswordInput, **kwargs)


def boxes(month, day, year):
    return {"answer_month": month, "answer_day": day, "answer_year": year}


# Each kind of field: how it is made, an answer, and what is no answer to it.
KINDS = {
    "text": (PlainText, {"answer": "Ana"}, {"answer": "x" * 201}),
    "textarea": (lambda **more: PlainText(multiline=True, **more), {"answer": "A\nB"}, {}),
    "counted": (
        lambda **more: PlainText(counted=True, max_length=9, **more),
        {"answer": "short"},
        {"answer": "too long for it"},
    ),
    "select": (
        lambda **more: forms.ChoiceField(choices=LANGUAGES, **more),
        {"answer": "es"},
        {"answer": "xx"},
    ),
    "radios": (lambda **more: one_of(TWO, **more), {"answer": "a"}, {"answer": "c"}),
    "inline": (lambda **more: one_of(TWO, inline=True, **more), {"answer": "b"}, {}),
    "checkboxes": (lambda **more: some_of(TWO, **more), {"answer": ["a", "b"]}, {}),
    "tick": (lambda **more: agreement(missing="Tick it.", **more), {"answer": "on"}, {}),
    "date": (ThreeBoxDate, boxes("3", "27", "1968"), boxes("2", "31", "1968")),
    "month": (MonthYear, boxes("3", "", "1968"), boxes("13", "", "1968")),
    "phone": (PhoneField, {"answer": "(555) 010-0199"}, {"answer": "call me"}),
    "mail": (EmailAddress, {"answer": "a@example.org"}, {"answer": "a"}),
    "number": (WholeNumber, {"answer": "3"}, {"answer": "three"}),
    "file": (lambda **more: FileField(kinds=("pdf",), **more), {}, {}),
    "password": (password, {"answer": "secret words"}, {}),
}
SETTINGS = {
    "plain": {},
    "with a hint": {"help_text": "As you say it."},
    "optional": {"required": False},
}


class Elements(HTMLParser):
    """The opening tags of a page, each with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.all = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.all.append((tag, dict(attrs)))

    def of(self, *tags):
        return [found for tag, found in self.all if tag in tags]

    def ids(self):
        return [found["id"] for _tag, found in self.all if "id" in found]


def form_with(kind, data=None, *, question="", **more):
    make = KINDS[kind][0]
    named = {"answer": make(label="The question", **more), "question": question}
    return type("OneField", (HouseForm,), named)(data)


def show(form, source="{% house_form form %}"):
    template = engines["django"].from_string(source)
    return template.render({"form": form}, RequestFactory().get("/"))


def assert_named(page):
    """Each id once, each reference resolved, a name for each box."""
    elements = Elements(page)
    ids = elements.ids()
    assert len(ids) == len(set(ids))
    for _tag, found in elements.all:
        assert set(found.get("aria-describedby", "").split()) <= set(ids)
    shown = elements.of("input", "select", "textarea")
    assert shown
    named = {found.get("for") for found in elements.of("label")}
    assert {one["id"] for one in shown if one.get("type") != "hidden"} <= named


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_field_empty(kind, setting):
    page = show(form_with(kind, **SETTINGS[setting]))
    assert_named(page)
    assert page.count("The question") >= 1
    assert ("As you say it." in page) == (setting == "with a hint")
    assert ("(optional)" in page) == (setting == "optional" and kind != "tick")
    assert "There is a problem" not in page


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_field_filled(kind):
    right = KINDS[kind][1]
    page = show(form_with(kind, right))
    assert_named(page)
    if kind == "password":
        assert "secret words" not in page
    elif right:
        assert re.search(r"checked|selected|Ana|A\nB|short|1968|0199|example|value=\"3\"", page)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_field_wrong(kind):
    form = form_with(kind, KINDS[kind][2], help_text="As you say it.")
    assert not form.is_valid()
    page = show(form)
    assert_named(page)
    (problem,) = form.problems
    assert problem.anchor in Elements(page).ids()
    # In the summary and beside the field, where it is marked as an error in words.
    assert page.count(f">{problem.message}</a>") == 1
    assert re.search(r"<strong>Error:</strong>\s*" + re.escape(problem.message), page)
    assert 'aria-describedby="' in page


@pytest.mark.parametrize("kind", set(KINDS) - {"tick"})
def test_a_question_is_the_heading_of_its_page(kind):
    page = show(form_with(kind, question="answer"))
    assert page.count("<h1") == 1
    assert re.search(r"<h1 class=\"question\">.*?The question", page, re.DOTALL)


# -- One kind at a time ----------------------------------------------------------------------------
def test_the_boxes_of_a_date_follow_each_other_in_one_row():
    page = show(form_with("date"))
    row = page[page.index('class="boxes"') :]
    assert re.findall(r"box-(\w+)", row) == ["month", "day", "year"]
    assert [re.search(rf">{name}</label>", row) is not None for name in ("Month", "Day")]


def test_short_answers_stand_side_by_side_only_where_asked():
    assert "options-inline" in show(form_with("inline"))
    assert "options-inline" not in show(form_with("radios"))


def test_how_much_room_there_is_stands_beneath_the_box():
    page = show(form_with("counted"))
    assert "There is room for 9 characters." in page
    assert 'data-most="9"' in page
    assert 'aria-describedby="id_answer_count"' in page
    assert "There is room" not in show(form_with("text"))


@pytest.mark.parametrize(("typed", "good"), [("x" * 9, True), ("x" * 10, False), ("é" * 9, True)])
def test_the_server_counts_what_the_page_counts(typed, good):
    assert form_with("counted", {"answer": typed}).is_valid() is good


@pytest.mark.parametrize(
    ("kind", "wanted"), [("counted", True), ("password", True), ("text", False)]
)
def test_a_script_comes_only_with_a_form_that_it_makes_better(kind, wanted):
    assert ("house.js" in show(form_with(kind))) is wanted


def test_the_button_that_shows_a_password_waits_for_the_script():
    (button,) = Elements(show(form_with("password"))).of("button")
    assert button["type"] == "button"
    assert button["aria-pressed"] == "false"
    assert button["data-shows"] == "id_answer"
    assert "hidden" in button


def upload(name="scan.pdf", content=b"%PDF"):
    form = form_with("file")
    form.is_bound, form.files = True, {"answer": SimpleUploadedFile(name, content)}
    return form


def test_a_file_of_the_right_kind_and_size_is_taken():
    assert upload().is_valid()
    assert 'accept=".pdf"' in show(form_with("file"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("scan.exe", b"MZ", "This kind of file cannot be read here. Choose one of: pdf."),
        ("scan.pdf", b"", "This file is empty. Choose another one."),
        ("scan.pdf", b"x" * (10 * 1024 * 1024 + 1), "It may have 10 megabytes."),
    ],
)
def test_any_other_file_is_refused_with_what_to_do(name, content, said):
    (problem,) = upload(name, content).problems
    assert said in problem.message


# -- What only one answer asks for -----------------------------------------------------------------
class Reached(HouseForm):
    reveals = {"way:phone": ("number", "hour"), "more": ("story",)}
    way = one_of([("phone", "By phone"), ("post", "By letter")], label="How?")
    number = PhoneField(label="Number")
    hour = PlainText(label="Hour", required=False)
    more = forms.BooleanField(label="Tell more", required=False)
    story = PlainText(label="Story", required=False)


def test_a_revealed_field_stands_once_beneath_its_answer():
    page = show(Reached())
    assert_named(page)
    for name in ("number", "hour", "story"):
        assert page.count(f'name="{name}"') == 1
    order = [page.index(one) for one in ("By phone", 'name="number"', 'name="hour"', "By letter")]
    assert order == sorted(order)
    assert re.search(r"Tell more.*?class=\"reveal\".*?name=\"story\"", page, re.DOTALL)


def test_what_was_typed_in_a_closed_reveal_comes_back_with_its_error():
    form = Reached({"way": "post", "number": "call me", "hour": "at noon"})
    page = show(form)
    assert 'value="at noon"' in page
    assert 'value="call me"' in page
    assert "id_number" in {one.anchor for one in form.problems}


# -- Words -----------------------------------------------------------------------------------------
def test_signed_words_carry_their_language_and_ours_do_not():
    form = type("Signed", (HouseForm,), {"answer": one_of(TWO, label="Pregunta", required=False)})()
    form.languages = {"answer": "es"}
    page = show(form)
    assert '<span lang="es">Pregunta</span> <span class="optional">(optional)</span>' in page
    assert re.search(r'<label for="id_answer_0"\s+lang="es">Apple</label>', page)
    form.languages = {"answer:answers": "es"}
    page = show(form)
    assert '<span lang="es">Pregunta' not in page
    assert re.search(r'<label for="id_answer_0"\s+lang="es">Apple</label>', page)


def test_a_number_in_a_hint_stays_on_one_line_and_nothing_else_becomes_markup():
    page = show(form_with("text", help_text="<b>Call</b> (212) 555-0111."))
    assert '&lt;b&gt;Call&lt;/b&gt; <span class="whole">(212) 555-0111</span>.' in page


def test_of_several_ways_none_is_called_optional():
    form = type("Ways", (HouseForm,), {"answer": PhoneField(label="Phone", required=False)})()
    assert "(optional)" in show(form)
    form.either = ("answer",)
    assert "(optional)" not in show(form)


# -- Layouts ---------------------------------------------------------------------------------------
class Grouped(HouseForm):
    groups = (("You", ("name", "missing")), ("Nothing", ("missing",)))
    name = PlainText(label="Name")
    key = forms.CharField(widget=forms.HiddenInput, required=False)
    note = PlainText(label="Note", required=False)


def test_groups_have_a_heading_each_and_leave_nothing_out():
    page = show(Grouped())
    assert_named(page)
    assert re.search(r"<legend>\s*<h2>You</h2>\s*</legend>", page)
    assert "Nothing" not in page
    for name in ("name", "key", "note"):
        assert page.count(f'name="{name}"') == 1


@pytest.mark.parametrize("kind", [SendForm, HelperSendForm])
def test_the_sending_page_names_only_fields_that_there_are(kind):
    revealed = {name for names in kind.reveals.values() for name in names}
    named = [name for _legend, names in kind.groups for name in names]
    assert len(named) == len(set(named))
    assert set(named) - {"treatment_on", "note"} <= set(kind.base_fields)
    assert set(kind.base_fields) <= set(named) | revealed


def test_the_layouts_of_crispy_forms_are_in_the_pack():
    form = form_with("text")
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(
        Fieldset("Who", Div("answer", css_class="stack")),
        ButtonHolder(HTML("<p>Ready?</p>"), Submit("go", "Send")),
    )
    page = show_with(form, helper)
    assert_named(page.replace('<input type="submit"', '<button type="submit"'))
    assert re.search(r'<div\s+class="stack">', page)
    assert re.search(r'<input type="submit"\s+name="go"\s+value="Send"\s+class="button"', page)


def show_with(form, helper):
    source = "{% load crispy_forms_tags %}{% crispy form helper %}"
    template = engines["django"].from_string(source)
    return template.render({"form": form, "helper": helper}, RequestFactory().get("/"))
