"""What is due on which day, and the bars drawn of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.design.plots import HEIGHT, LEAST, TOP, Bars
from clinic.people.desk import Waiting
from clinic.people.due_days import bars, days

HERE = ZoneInfo("America/New_York")
NOON = datetime(2026, 11, 18, 12, tzinfo=HERE)
"""A Wednesday."""


def waiting(*hours, label="Calls"):
    due = [NOON + timedelta(hours=one) for one in hours]
    return Waiting(label, "/calls/", len(due), due, sum(one < NOON for one in due))


def counted(*lists):
    return {str(one.label): list(one.counts) for one in days(lists, at=NOON)}


@pytest.fixture(autouse=True)
def _zone(settings):
    settings.TIME_ZONE = "America/New_York"


def test_each_hour_falls_on_one_day():
    found = counted(waiting(-30, -1, 0, 4, 20, 24 * 10), waiting(5, label="Referrals"))
    assert found["Overdue"] == [2, 0]
    assert found["Today"] == [2, 1]
    assert found["Thu 19"] == [1, 0]
    assert found["Later"] == [1, 0]
    assert sum(map(sum, found.values())) == 7


def test_a_weekend_stands_there_only_if_something_is_due():
    assert list(counted(waiting())) == [
        "Overdue", "Today", "Thu 19", "Fri 20", "Mon 23", "Tue 24",
    ]  # fmt: skip
    assert counted(waiting(24 * 3))["Sat 21"] == [1]


def test_midnight_is_that_of_the_centre():
    assert counted(waiting(11.9))["Today"] == [1]
    assert counted(waiting(12.1))["Thu 19"] == [1]


def test_what_is_overdue_is_drawn_as_such_and_nothing_as_nothing():
    drawn = bars(days([waiting(-1, 1, 2)], at=NOON)).bars
    assert [(one.value, one.kind) for one in drawn[:3]] == [(1, "urgent"), (2, ""), (0, "")]
    assert [one.height for one in drawn[:3]] == [HEIGHT // 2, HEIGHT, 0]


def test_the_tallest_fills_the_drawing_and_one_of_many_is_seen():
    drawing = Bars([("a", 1000, ""), ("b", 1, ""), ("c", 0, "")])
    tall, low, none = drawing.bars
    assert (tall.y, tall.height) == (TOP, HEIGHT)
    assert (low.height, none.height) == (LEAST, 0)
    assert all(one.y + one.height == drawing.line for one in drawing.bars)
    assert drawing.width >= none.x + drawing.thickness
    assert Bars([]).bars == []
