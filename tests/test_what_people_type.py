"""Numbers, dates, addresses and texts as people type them: kept, or refused in plain words."""

from __future__ import annotations

import datetime

import pytest
from django import forms

from clinic.design import phone
from clinic.design.forms import EmailAddress, MonthYear, PhoneField, PlainText, ThreeBoxDate
from clinic.design.plain_text import tidy


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("(555) 010-0199", "(555) 010-0199"),
        ("+1 555 010 0199 ext 4", "(555) 010-0199 ext. 4"),
        ("1-555-010-0199 x22", "(555) 010-0199 ext. 22"),
        ("555.010.0199, extension 7", "(555) 010-0199 ext. 7"),
        ("\u202a+1 (555) 010\u20110199\u202c", "(555) 010-0199"),
        ("٥٥٥٠١٠٠١٩٩", "(555) 010-0199"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_number_is_kept_however_it_is_written(typed, shown):
    assert PhoneField().clean(typed) == shown


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("five five five", "with digits"),
        ("1-800-FLOWERS", "with digits"),
        ("☎️", "with digits"),
        ("010-0199", "all 10 digits"),
        ("+44", "all 10 digits"),
        ("5" * 30, "all 10 digits"),
        ("5" * 400, "Shorten this to 60"),
    ],
)
def test_a_number_that_cannot_be_dialled_is_explained(typed, words):
    with pytest.raises(forms.ValidationError, match=words):
        PhoneField().clean(typed)


def test_a_shown_number_reads_back_as_itself():
    number = phone.parse("+1 555 010 0199 ext 4")
    assert phone.parse(number.display) == number
    assert number.digits == "+15550100199"


@pytest.mark.parametrize(
    ("typed", "words", "part"),
    [
        (["2", "31", "2026"], "February 31, 2026 is not a real date", "day"),
        (["2", "29", "2025"], "February 29, 2025 is not a real date", "day"),
        (["13", "1", "1968"], "month as a number from 1 to 12", "month"),
        (["3", "45", "1968"], "day as a number from 1 to 31", "day"),
        (["3", "27", "68"], "4 digits", "year"),
        (["3", "27", "19🎂8"], "4 digits", "year"),
        (["3", "27", "9" * 9000], "4 digits", "year"),
        (["ma", "27", "1968"], "month as a number", "month"),
        (["3", "", ""], "still needs: day and year", "day"),
        (["", "27", "1968"], "still needs: month", "month"),
    ],
)
def test_a_wrong_date_is_named_with_its_part(typed, words, part):
    with pytest.raises(forms.ValidationError, match=words) as caught:
        ThreeBoxDate().clean(typed)
    assert caught.value.code == part


@pytest.mark.parametrize("month", ["3", "03", "March", "mar.", "MARCH", "٣"])
def test_a_month_may_be_a_word(month):
    assert ThreeBoxDate().clean([month, "27", "1968"]) == datetime.date(1968, 3, 27)


def test_a_month_of_a_year_cleans_to_its_first_day():
    assert MonthYear().clean(["2", "1968"]) == datetime.date(1968, 2, 1)
    assert MonthYear(required=False).clean(["", " "]) is None


def test_unseen_characters_go_and_every_script_stays():
    assert tidy("a\x00b\x1b\u202ec\ud800", multiline=False) == "abc"
    assert tidy("one\r\ntwo\x0b\tthree", multiline=True) == "one\ntwo\tthree"
    assert tidy("one\r\ntwo", multiline=False) == "one two"
    assert (
        tidy("e\u0301 שלום \u200fمرحبا 👩\u200d⚕️", multiline=False)
        == "é שלום \u200fمرحبا 👩\u200d⚕️"
    )


def test_a_long_text_says_how_long_it_is():
    with pytest.raises(forms.ValidationError, match=r"Shorten this to 3 characters\. It has 5"):
        PlainText(max_length=3).clean("ab\r\nde")


@pytest.mark.parametrize("typed", ["ana.at.home", "a@b", "ana@x.com\r\nBcc: all@x.com", "@"])
def test_an_address_that_cannot_get_mail_is_refused(typed):
    with pytest.raises(forms.ValidationError, match="with an @ and a dot"):
        EmailAddress().clean(typed)
