"""Business time, worked out by hand: weekends, closed days, both clock changes, midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.clock import (
    Schedule,
    add_business_time,
    call_due,
    due_at_once,
    in_the_afternoon,
    is_open,
    next_open,
)
from clinic.holidays import PublicHolidays, names

NEW_YORK = ZoneInfo("America/New_York")
THANKSGIVING = date(2026, 11, 26)
DAY_AFTER = date(2026, 11, 27)
PRESIDENTS_DAY = date(2027, 2, 15)
OFFICE = Schedule(time(8), time(17), NEW_YORK, frozenset({THANKSGIVING, DAY_AFTER, PRESIDENTS_DAY}))
AMMAN = Schedule(time(0), time(6), ZoneInfo("Asia/Amman"))
"""Where the clocks changed on Fridays, until 2022: a weekday, and within opening time here."""


def local(text, schedule=OFFICE):
    """`2026-11-18 12:00` in the schedule's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=schedule.zone)


DUE = [
    # Within one day.
    ("2026-11-18 08:00", 1, "2026-11-18 09:00"),
    ("2026-11-18 09:15", 4, "2026-11-18 13:15"),
    ("2026-11-18 12:00", 0.5, "2026-11-18 12:30"),
    ("2026-11-18 16:59", 1 / 60, "2026-11-18 17:00"),
    ("2026-11-18 08:00", 9, "2026-11-18 17:00"),
    ("2026-11-18 13:00", 4, "2026-11-18 17:00"),
    # Before opening, at the stroke of it, after closing, at the stroke of it.
    ("2026-11-18 03:00", 4, "2026-11-18 12:00"),
    ("2026-11-18 07:59", 4, "2026-11-18 12:00"),
    ("2026-11-18 08:00", 4, "2026-11-18 12:00"),
    ("2026-11-18 17:00", 4, "2026-11-19 12:00"),
    ("2026-11-18 17:01", 4, "2026-11-19 12:00"),
    ("2026-11-18 23:59", 4, "2026-11-19 12:00"),
    ("2026-11-19 00:00", 4, "2026-11-19 12:00"),
    ("2026-11-19 00:01", 4, "2026-11-19 12:00"),
    # Over one night.
    ("2026-11-18 12:00", 8, "2026-11-19 11:00"),
    ("2026-11-18 13:01", 4, "2026-11-19 08:01"),
    ("2026-11-18 16:00", 4, "2026-11-19 11:00"),
    ("2026-11-18 16:59", 4, "2026-11-19 11:59"),
    ("2026-11-18 10:30", 9, "2026-11-19 10:30"),
    # Over a weekend.
    ("2026-11-20 12:00", 4, "2026-11-20 16:00"),
    ("2026-11-20 16:00", 4, "2026-11-23 11:00"),
    ("2026-11-20 17:00", 8, "2026-11-23 16:00"),
    ("2026-11-20 12:00", 8, "2026-11-23 11:00"),
    ("2026-11-21 10:00", 4, "2026-11-23 12:00"),
    ("2026-11-21 00:00", 4, "2026-11-23 12:00"),
    ("2026-11-22 23:59", 8, "2026-11-23 16:00"),
    ("2026-11-23 00:00", 8, "2026-11-23 16:00"),
    # Over closed days: Thanksgiving, the day after, and the weekend behind them.
    ("2026-11-25 12:00", 4, "2026-11-25 16:00"),
    ("2026-11-25 16:00", 4, "2026-11-30 11:00"),
    ("2026-11-25 12:00", 8, "2026-11-30 11:00"),
    ("2026-11-25 17:00", 1, "2026-11-30 09:00"),
    ("2026-11-26 10:00", 4, "2026-11-30 12:00"),
    ("2026-11-27 08:00", 4, "2026-11-30 12:00"),
    ("2026-11-28 12:00", 8, "2026-11-30 16:00"),
    ("2027-02-12 16:00", 2, "2027-02-16 09:00"),
    ("2027-02-15 12:00", 8, "2027-02-16 16:00"),
    # Over several days.
    ("2026-11-16 08:00", 18, "2026-11-17 17:00"),
    ("2026-11-16 08:00", 18.5, "2026-11-18 08:30"),
    ("2026-11-16 12:00", 45, "2026-11-23 12:00"),
    ("2026-11-24 12:00", 24, "2026-12-01 09:00"),
    ("2026-12-30 12:00", 27, "2027-01-04 12:00"),
    # The clocks go back on Sunday, 1 November 2026 …
    ("2026-10-30 16:00", 4, "2026-11-02 11:00"),
    ("2026-10-30 12:00", 8, "2026-11-02 11:00"),
    ("2026-11-01 00:30", 4, "2026-11-02 12:00"),
    ("2026-11-01 01:30", 4, "2026-11-02 12:00"),
    ("2026-10-29 08:00", 27, "2026-11-02 17:00"),
    # … and forward on Sunday, 14 March 2027.
    ("2027-03-12 16:00", 4, "2027-03-15 11:00"),
    ("2027-03-12 12:00", 8, "2027-03-15 11:00"),
    ("2027-03-14 01:59", 4, "2027-03-15 12:00"),
    ("2027-03-14 03:00", 4, "2027-03-15 12:00"),
    ("2027-03-11 08:00", 27, "2027-03-15 17:00"),
]


@pytest.mark.parametrize(("at", "hours", "due"), DUE)
def test_due_times(at, hours, due):
    assert add_business_time(local(at), hours, OFFICE) == local(due)


def test_there_are_enough_due_times_worked_out_by_hand():
    assert len(DUE) >= 40


@pytest.mark.parametrize(
    ("at", "hours", "due"),
    [
        # On Friday, 26 March 2021, midnight was followed by one o'clock: five hours of opening.
        ("2021-03-25 05:00", 3, "2021-03-26 03:00"),
        ("2021-03-26 01:00", 5, "2021-03-26 06:00"),
        ("2021-03-26 01:00", 5.5, "2021-03-29 00:30"),
        ("2021-03-25 05:00", 6.5, "2021-03-29 00:30"),
        # On Friday, 29 October 2021, the first hour came twice: seven hours of opening.
        ("2021-10-28 05:00", 3, "2021-10-29 01:00"),
        ("2021-10-29 00:00", 6.5, "2021-10-29 05:30"),
        ("2021-10-29 00:00", 7, "2021-10-29 06:00"),
        ("2021-10-29 00:00", 7.5, "2021-11-01 00:30"),
    ],
)
def test_a_day_on_which_the_clocks_change_counts_its_true_length(at, hours, due):
    assert add_business_time(local(at, AMMAN), hours, AMMAN) == local(due, AMMAN)


def test_the_hour_that_comes_twice_is_outside_opening_time_both_times():
    for fold in (0, 1):
        at = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK, fold=fold)
        assert not is_open(at, OFFICE)
        assert next_open(at, OFFICE) == local("2026-11-02 08:00")


def test_an_instant_is_the_same_in_whatever_zone_it_is_given():
    for at in (
        datetime(2026, 11, 18, 17, tzinfo=UTC),
        datetime(2026, 11, 18, 18, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2026, 11, 19, 2, tzinfo=ZoneInfo("Asia/Tokyo")),
    ):
        assert add_business_time(at, 4, OFFICE) == local("2026-11-18 16:00")
    # Already tomorrow in UTC, still this evening at the centre.
    assert next_open(datetime(2026, 11, 19, 3, tzinfo=UTC), OFFICE) == local("2026-11-19 08:00")


def test_what_comes_out_is_in_the_centres_zone():
    due = add_business_time(datetime(2026, 11, 18, 17, tzinfo=UTC), 8, OFFICE)
    assert due.isoformat() == "2026-11-19T11:00:00-05:00"
    assert next_open(datetime(2026, 7, 6, 17, tzinfo=UTC), OFFICE).utcoffset() == timedelta(
        hours=-4
    )


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("2026-11-18 07:59", False),
        ("2026-11-18 08:00", True),
        ("2026-11-18 16:59", True),
        ("2026-11-18 17:00", False),
        ("2026-11-21 12:00", False),
        ("2026-11-22 12:00", False),
        ("2026-11-26 12:00", False),
    ],
)
def test_opening_is_in_and_closing_is_out(at, answer):
    assert is_open(local(at), OFFICE) is answer


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-11-18 12:34", "2026-11-18 12:34"),
        ("2026-11-18 08:00", "2026-11-18 08:00"),
        ("2026-11-18 00:00", "2026-11-18 08:00"),
        ("2026-11-18 17:00", "2026-11-19 08:00"),
        ("2026-11-20 17:00", "2026-11-23 08:00"),
        ("2026-11-25 17:00", "2026-11-30 08:00"),
        ("2026-12-31 20:00", "2027-01-01 08:00"),
    ],
)
def test_the_next_opening(at, opening):
    assert next_open(local(at), OFFICE) == local(opening)


def test_a_centre_that_never_opens_says_so():
    closed = frozenset(date(2026, 1, 1) + timedelta(days=days) for days in range(1000))
    never = Schedule(time(8), time(17), NEW_YORK, closed)
    with pytest.raises(ValueError, match="no open day"):
        next_open(local("2026-11-18 12:00"), never)


# -- Public holidays -------------------------------------------------------------------------------
CLOSED = frozenset({date(2026, 11, 2), DAY_AFTER, date(2026, 12, 24)})
KEPT = Schedule(time(8), time(17), NEW_YORK, CLOSED, PublicHolidays())
OPEN_ON_TWO = PublicHolidays(open_on=frozenset({"Columbus Day", "Veterans Day"}))
OPENS = Schedule(time(8), time(17), NEW_YORK, CLOSED, OPEN_ON_TWO)
NATIONAL = Schedule(time(8), time(17), NEW_YORK, holidays=PublicHolidays())
TEXAS = Schedule(time(8), time(17), ZoneInfo("America/Chicago"), holidays=PublicHolidays("TX"))
ARIZONA = Schedule(time(8), time(17), ZoneInfo("America/Phoenix"), holidays=PublicHolidays("AZ"))
HAWAII = Schedule(time(7), time(15, 30), ZoneInfo("Pacific/Honolulu"), holidays=PublicHolidays())

HOLIDAYS = [
    # New Year's Day is a Thursday in 2026.
    (KEPT, "2025-12-31 16:00", 4, "2026-01-02 11:00"),
    (KEPT, "2026-01-01 10:00", 4, "2026-01-02 12:00"),
    # Mondays: Martin Luther King, Washington, Memorial Day, Labor Day.
    (KEPT, "2026-01-16 12:00", 8, "2026-01-20 11:00"),
    (KEPT, "2026-02-13 16:30", 4, "2026-02-17 11:30"),
    (KEPT, "2026-05-23 09:00", 4, "2026-05-26 12:00"),
    (KEPT, "2026-09-04 17:00", 8, "2026-09-08 16:00"),
    # Juneteenth, a Friday.
    (KEPT, "2026-06-18 16:00", 2, "2026-06-22 09:00"),
    # The Fourth of July is a Saturday in 2026: Friday is kept. In 2027 a Sunday: Monday is.
    (KEPT, "2026-07-02 12:00", 8, "2026-07-06 11:00"),
    (KEPT, "2026-07-03 10:00", 4, "2026-07-06 12:00"),
    (KEPT, "2027-07-02 16:00", 4, "2027-07-06 11:00"),
    (KEPT, "2027-07-05 08:00", 4, "2027-07-06 12:00"),
    # Columbus Day and Veterans Day, kept and not kept.
    (KEPT, "2026-10-12 09:00", 4, "2026-10-13 12:00"),
    (OPENS, "2026-10-12 09:00", 4, "2026-10-12 13:00"),
    (KEPT, "2026-11-10 16:00", 4, "2026-11-12 11:00"),
    (OPENS, "2026-11-10 16:00", 4, "2026-11-11 11:00"),
    (KEPT, "2026-11-11 23:59", 4, "2026-11-12 12:00"),
    (OPENS, "2026-11-11 23:59", 4, "2026-11-12 12:00"),
    # Opening on an observed day is opening on both: Veterans Day 2028 is a Saturday.
    (KEPT, "2028-11-09 16:00", 4, "2028-11-13 11:00"),
    (OPENS, "2028-11-09 16:00", 4, "2028-11-10 11:00"),
    # Thanksgiving alone; and with the day after closed, and the weekend behind both.
    (NATIONAL, "2026-11-25 16:00", 4, "2026-11-27 11:00"),
    (KEPT, "2026-11-25 16:59", 1, "2026-11-30 08:59"),
    (KEPT, "2026-11-26 00:00", 4, "2026-11-30 12:00"),
    (KEPT, "2026-11-27 12:00", 8, "2026-11-30 16:00"),
    # A closed day before Christmas, Christmas on a Friday, and a weekend.
    (KEPT, "2026-12-23 16:00", 2, "2026-12-28 09:00"),
    (KEPT, "2026-12-24 09:00", 4, "2026-12-28 12:00"),
    # New Year's Eve, a Thursday, into 2027; and the two Fridays kept at the end of 2027.
    (KEPT, "2026-12-31 12:00", 8, "2027-01-04 11:00"),
    (KEPT, "2027-01-01 00:00", 8, "2027-01-04 16:00"),
    (KEPT, "2027-12-23 16:00", 4, "2027-12-27 11:00"),
    (KEPT, "2027-12-30 12:00", 8, "2028-01-03 11:00"),
    # The clocks change, with a holiday or a closed day near: 2026-03-08, 2026-11-01, 2027-11-07.
    (KEPT, "2026-03-06 16:00", 4, "2026-03-09 11:00"),
    (KEPT, "2026-03-08 01:59", 4, "2026-03-09 12:00"),
    (KEPT, "2026-03-08 03:00", 4, "2026-03-09 12:00"),
    (KEPT, "2026-10-30 16:00", 4, "2026-11-03 11:00"),
    (NATIONAL, "2026-10-30 16:00", 4, "2026-11-02 11:00"),
    (KEPT, "2027-11-05 12:00", 8, "2027-11-08 11:00"),
    # Leap day, and a year without one.
    (KEPT, "2028-02-28 16:00", 4, "2028-02-29 11:00"),
    (KEPT, "2028-02-29 12:00", 8, "2028-03-01 11:00"),
    (KEPT, "2027-02-26 12:00", 8, "2027-03-01 11:00"),
    # Other zones and states: Texas keeps Good Friday and the day after Thanksgiving, Arizona never
    # changes its clocks, Hawaii opens and closes earlier.
    (TEXAS, "2026-04-02 16:00", 4, "2026-04-06 11:00"),
    (TEXAS, "2026-11-25 12:00", 8, "2026-11-30 11:00"),
    (ARIZONA, "2026-03-06 16:00", 4, "2026-03-09 11:00"),
    (HAWAII, "2026-11-25 14:30", 2, "2026-11-27 08:00"),
]


@pytest.mark.parametrize(("schedule", "at", "hours", "due"), HOLIDAYS)
def test_due_times_over_holidays(schedule, at, hours, due):
    assert add_business_time(local(at, schedule), hours, schedule) == local(due, schedule)


def test_two_holidays_on_one_day_open_only_together():
    day = date(2026, 1, 19)
    both = PublicHolidays("TX").names_on(day)
    assert both == {"Confederate Memorial Day", "Martin Luther King Jr. Day"}
    assert PublicHolidays("TX", frozenset({"Martin Luther King Jr. Day"})).are_kept_on(day)
    assert not PublicHolidays("TX", both).are_kept_on(day)


@pytest.mark.parametrize("state", ["XX", "ny", "New York", "9"])
def test_a_state_that_is_none_keeps_the_national_holidays(state):
    assert PublicHolidays(state).are_kept_on(THANKSGIVING)
    assert names(state, years=range(2026, 2027)) == names("", years=range(2026, 2027))


def test_a_name_that_is_no_holiday_opens_nothing():
    assert PublicHolidays(open_on=frozenset({"Thanksgiving", ""})).are_kept_on(THANKSGIVING)


# -- What is promised ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("at", "treatment", "due"),
    [
        # One working day; half of one when treatment starts or changes within two weeks.
        ("2026-11-18 12:00", None, "2026-11-19 11:00"),
        ("2026-11-18 12:00", "2026-12-03", "2026-11-19 11:00"),
        ("2026-11-18 12:00", "2026-12-02", "2026-11-18 16:00"),
        ("2026-11-18 12:00", "2026-11-18", "2026-11-18 16:00"),
        ("2026-11-18 12:00", "2026-11-10", "2026-11-18 16:00"),
        # Two weeks are counted from her evening here, which is tomorrow in UTC.
        ("2026-11-18 22:00", "2026-12-02", "2026-11-19 12:00"),
        ("2026-11-18 22:00", "2026-12-03", "2026-11-19 16:00"),
        # Half a day over Thanksgiving, and over the night of New Year.
        ("2026-11-25 15:00", "2026-11-27", "2026-11-30 10:00"),
        ("2026-12-31 16:00", "2027-01-05", "2027-01-04 11:00"),
    ],
)
def test_a_call_is_promised_sooner_when_treatment_is_near(at, treatment, due):
    day = date.fromisoformat(treatment) if treatment else None
    assert call_due(treatment_on=day, at=local(at), schedule=KEPT) == local(due)


AT_ONCE = [
    ("2026-11-18 08:00", "2026-11-18 08:30"),
    ("2026-11-18 12:00", "2026-11-18 12:30"),
    ("2026-11-18 16:30", "2026-11-18 17:00"),
    # Never left over night.
    ("2026-11-18 16:31", "2026-11-18 17:00"),
    ("2026-11-18 16:59", "2026-11-18 17:00"),
    # While closed: when it opens.
    ("2026-11-18 17:00", "2026-11-19 08:00"),
    ("2026-11-18 00:00", "2026-11-18 08:00"),
    ("2026-11-18 07:59", "2026-11-18 08:00"),
    ("2026-11-20 17:00", "2026-11-23 08:00"),
    ("2026-11-25 17:00", "2026-11-30 08:00"),
    ("2026-11-26 10:00", "2026-11-30 08:00"),
    ("2026-11-01 01:30", "2026-11-03 08:00"),
]


@pytest.mark.parametrize(("at", "due"), AT_ONCE)
def test_urgent_words_are_answered_at_once_or_when_it_opens(at, due):
    assert due_at_once(local(at), KEPT) == local(due)


NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 2 * 365 * 24 * 60 * 60).map(lambda n: NEW_YEAR + timedelta(seconds=n))


@given(at=INSTANTS, minutes=st.integers(1, 60 * 60))
def test_due_times_are_later_within_opening_hours_and_keep_their_order(at, minutes):
    due = add_business_time(at, minutes / 60, OFFICE)
    assert due > at
    assert OFFICE.is_open_on(due.date())
    assert OFFICE.opens < due.time() <= OFFICE.closes
    assert add_business_time(at + timedelta(minutes=1), minutes / 60, OFFICE) >= due
    assert add_business_time(at, (minutes + 1) / 60, OFFICE) > due


@given(at=INSTANTS, first=st.integers(1, 600), second=st.integers(1, 600))
def test_waiting_in_two_parts_is_waiting_in_one(at, first, second):
    middle = add_business_time(at, first / 60, OFFICE)
    in_parts = add_business_time(middle, second / 60, OFFICE)
    in_one = add_business_time(at, (first + second) / 60, OFFICE)
    assert abs(in_parts - in_one) < timedelta(milliseconds=1)


# -- Afternoons ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("due", "promised"),
    [
        ("2026-11-18 08:00", "2026-11-18 17:00"),
        ("2026-11-18 11:59", "2026-11-18 17:00"),
        ("2026-11-18 12:59", "2026-11-18 17:00"),
        ("2026-11-18 13:00", "2026-11-18 13:00"),
        ("2026-11-18 16:30", "2026-11-18 16:30"),
        ("2026-11-18 17:00", "2026-11-18 17:00"),
        # On the Monday after the clocks went back.
        ("2026-11-02 09:00", "2026-11-02 17:00"),
    ],
)
def test_a_promise_for_the_afternoon_is_kept_by_closing_time_of_its_day(due, promised):
    assert in_the_afternoon(local(due), OFFICE) == local(promised)


def test_the_afternoon_is_the_centres_whatever_zone_an_instant_comes_in():
    # Two in the afternoon in UTC, nine in the morning at the centre.
    assert in_the_afternoon(datetime(2026, 11, 18, 14, tzinfo=UTC), OFFICE) == local(
        "2026-11-18 17:00"
    )
    afternoon = datetime(2026, 11, 18, 18, tzinfo=UTC)
    assert in_the_afternoon(afternoon, OFFICE) == afternoon


@given(at=INSTANTS)
def test_a_promise_for_the_afternoon_is_never_earlier_nor_on_another_day(at):
    due = add_business_time(at, 8, OFFICE)
    promised = in_the_afternoon(due, OFFICE).astimezone(NEW_YORK)
    assert promised >= due
    assert promised.date() == due.date()
    assert time(13) <= promised.time() <= OFFICE.closes
