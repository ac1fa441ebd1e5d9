"""Sorting and filtering by address: what is allowed, what is kept, what is ignored."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from clinic.design.tables import Choice, Sorting

ALLOWED = {"due": ("next_at",), "study": ("study__local_name", "next_at"), "ended": ("ended_at",)}
LABELS = {"due": "Due", "name": "Name", "study": "Study"}
STATES = ("overdue", "ended")
TONGUES = (("en", "English"), ("es", "Spanish"))


def asked(address, default="due"):
    request = RequestFactory().get(f"/{address}")
    choice = Choice.of(request, "language", "Language", TONGUES)
    return Sorting.of(
        request, allowed=ALLOWED, default=default, flags=("mine", *STATES), choices=[choice]
    )


def said(sorting):
    """An order as words: the column, the direction, and that it is total."""
    *columns, last = sorting.ordering
    assert last == "id"
    assert all(one.nulls_last for one in columns)
    return [("-" if one.descending else "") + one.expression.name for one in columns]


@pytest.mark.parametrize(
    ("address", "order"),
    [
        ("", ["next_at"]),
        ("?sort=due", ["next_at"]),
        ("?sort=-due", ["-next_at"]),
        ("?sort=study", ["study__local_name", "next_at"]),
        ("?sort=-study", ["-study__local_name", "-next_at"]),
        ("?sort=", ["next_at"]),
        ("?sort=-", ["next_at"]),
        ("?sort=--due", ["next_at"]),
        ("?sort=person__birth_date", ["next_at"]),
        ("?sort=study__local_name", ["next_at"]),
        ("?sort=?", ["next_at"]),
    ],
)
def test_only_what_is_allowed_orders_a_list(address, order):
    assert said(asked(address)) == order


def test_a_list_may_begin_backwards():
    assert said(asked("", default="-ended")) == ["-ended_at"]
    assert said(asked("?sort=ended", default="-ended")) == ["ended_at"]
    assert asked("?sort=ended", default="-ended").kept == "sort=ended&"
    assert asked("?sort=-ended", default="-ended").kept == ""


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("", ""),
        ("?mine&ended", "mine&ended&"),
        ("?mine=1", "mine&"),
        ("?language=es&sort=-due&page=3", "language=es&sort=-due&"),
        ("?language=xx&other=<script>&sort=nothing", ""),
        ("?language=", ""),
    ],
)
def test_other_pages_keep_what_is_known_and_nothing_else(address, kept):
    assert asked(address).kept == kept


def test_heads_of_columns_lead_there_and_back():
    due, name, study = asked("?mine").columns(LABELS)
    assert (due.url, due.direction) == ("?mine&sort=-due", "ascending")
    assert (name.url, name.direction) == ("", "")
    assert (study.url, study.direction) == ("?mine&sort=study", "")
    due, _name, study = asked("?mine&sort=-study").columns(LABELS)
    assert (due.url, due.direction) == ("?mine", "")
    assert (study.url, study.direction) == ("?mine&sort=study", "descending")


def test_states_exclude_each_other_and_keep_the_rest():
    sorting = asked("?mine&overdue&sort=study")
    waiting, overdue, ended = (
        sorting.one_of(one, one, of=STATES, count=3) for one in ("", *STATES)
    )
    assert [one.current for one in (waiting, overdue, ended)] == [False, True, False]
    assert waiting.url == "?mine&sort=study"
    assert ended.url == "?ended&mine&sort=study"
    assert overdue.count == 3


def test_a_flag_is_turned_on_and_off():
    off, on = asked("").turn("Mine", "mine"), asked("?mine&ended").turn("Mine", "mine")
    assert (off.url, off.current) == ("?mine", False)
    assert (on.url, on.current) == ("?ended", True)


def test_a_form_of_choices_sends_the_flags_and_the_order_along():
    assert asked("?mine&language=es&sort=study").hidden == {"mine": "", "sort": "study"}


def test_a_choice_knows_what_is_chosen():
    request = RequestFactory().get("/?language=es")
    options = Choice.of(request, "language", "Language", TONGUES).options
    assert [(one.value, one.chosen) for one in options] == [("en", False), ("es", True)]
