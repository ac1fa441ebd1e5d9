"""The harness of `make bench`: turns, medians, limits and the file. Its timings are not here."""

from __future__ import annotations

import json

import pytest

from tests.bench.measuring import Contest, Cost, middle, often, percentile
from tests.bench.results import Limit, Result, report

COSTS = [Cost(3.0, 1.0), Cost(1.0, 2.0), Cost(2.0, 6.0)]
FLOOR = [Cost(1.0, 1.0)]


def test_ours_and_the_floor_take_turns_and_the_first_round_is_not_counted():
    called = []

    def batch(name, seconds):
        def run(prepared):
            called.append((name, prepared))
            return 2, seconds

        return run

    numbers = iter(range(99))
    contest = Contest(lambda: next(numbers), batch("ours", 6.0), batch("floor", 1.0), lambda: 0.0)
    ours, floor = contest.run(rounds=2)
    assert called == [(name, n) for n, name in enumerate(["ours", "floor"] * 3)]
    assert (ours, floor) == ([Cost(3.0, 0.0)] * 2, [Cost(0.5, 0.0)] * 2)


def test_a_batch_calls_the_step_as_often_as_it_says():
    calls = []
    batch = often(lambda: calls.append(1), seconds=0.001)
    calls.clear()
    steps, seconds = batch(None)
    assert steps == len(calls) >= 1
    assert seconds > 0


def test_medians_are_taken_of_each_clock():
    assert middle(COSTS) == Cost(2.0, 2.0)


@pytest.mark.parametrize(
    ("percent", "value"), [(50, 50), (95, 95), (99, 99), (100, 100), (0.5, 1), (0, 1)]
)
def test_percentiles_are_the_nearest_rank(percent, value):
    assert percentile(range(100, 0, -1), percent) == value


@pytest.mark.parametrize(
    ("measured", "at_most", "holds"),
    [(3.0, True, True), (3.1, True, False), (3.0, False, True), (2.9, False, False)],
)
def test_a_limit_holds_up_to_its_bound(measured, at_most, holds):
    assert Limit("figure", measured, 3.0, at_most).holds is holds


def test_one_missed_limit_fails_the_row_and_the_run():
    good = Result("ours", "floor", COSTS, FLOOR, [Limit("figure", 1.0, 2.0)])
    bad = Result("ours", "floor", COSTS, FLOOR, [Limit("figure", 1.0, 2.0), Limit("other", 3, 2)])
    rows = [good.as_json("good", "sqlite"), bad.as_json("bad", "sqlite")]
    assert [row["passed"] for row in rows] == [True, False]
    assert report(rows[:1], quick=True)["passed"]
    assert not report(rows, quick=True)["passed"]


def test_the_file_holds_every_round_and_the_machine():
    result = Result("ours", "floor", COSTS, FLOOR, figures={"p99 s": 1.5})
    found = json.loads(json.dumps(report([result.as_json("row", "sqlite")], quick=False)))
    (row,) = found["rows"]
    assert row["ours"]["wall"] == {"median": 2, "best": 1, "worst": 3, "rounds": [3, 1, 2]}
    assert row["ratio"] == {"wall": 2.0, "cpu": 2.0}
    assert row["figures"] == {"p99 s": 1.5}
    assert {"cores", "python", "sqlite", "load"} <= set(found["machine"])


def test_the_table_names_what_was_missed():
    result = Result("ours", "floor", COSTS, FLOOR, [Limit("times the floor", 4.0, 3.0)])
    assert "times the floor 4 ≤ 3: MISSED" in result.as_text("row")
