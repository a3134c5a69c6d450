"""What a page shows, worked out from rows: axes, curves, importance, heat map, thinning, luck."""

from __future__ import annotations

from sweeper.model import Metric
from sweeper.results.report.axes import axes
from sweeper.results.report.bins import bins
from sweeper.results.report.curves import curves
from sweeper.results.report.failures import failures
from sweeper.results.report.heat import heat
from sweeper.results.report.lines import packed
from sweeper.results.report.luck import caveat
from sweeper.results.report.model import Facts, page
from sweeper.results.report.pareto import pareto
from sweeper.results.report.progress import best_so_far
from sweeper.results.report.thin import first_and_evenly, some


def row(rank, metric, **more):
    usual = {"trial": f"t{rank}", "state": "succeeded", "reason": "", "std": None, "n": 1, "seconds": 1.0, "note": ""}
    return {"rank": rank, "metric": metric, "params": {}, "started": 0.0, "ended": 1.0, **usual, **more}


def one_axis(*values):
    (found,), _ = axes([{"x": value} for value in values])
    return found


def test_only_what_varies_is_an_axis_and_true_is_not_one():
    found, shared = axes([{"a": 1, "b": True, "c": 3}, {"a": 2, "b": 1, "c": 3}])
    assert [axis.name for axis in found] == ["a", "b"]
    assert shared == {"c": "3"}
    assert found[1].words == ("1", "true")


def test_numbers_over_two_decades_are_drawn_by_their_logarithm_if_they_lie_so():
    assert one_axis(0.001, 0.01, 0.1).log
    assert not one_axis(0.002, 0.01, 0.1).log
    assert not one_axis(0, 1, 100).log
    assert not one_axis(*(n / 1000 for n in range(1, 1001))).log


def test_a_parameter_that_some_rows_lack_has_holes_there():
    found, _ = axes([{"a": 1, "b": "x"}, {"a": 1}])
    assert [(axis.name, axis.values) for axis in found] == [("b", (0, None))]


def test_many_values_are_put_into_equal_parts_and_the_ends_are_inside():
    found = bins(one_axis(*range(101)), 4)
    assert found.labels == ("0 to 25", "25 to 50", "50 to 75", "75 to 100")
    assert [found.of[value] for value in (0, 24, 25, 99, 100)] == [0, 0, 1, 3, 3]
    assert bins(one_axis(10**-4, *(10.0**-k for k in range(4)), *(0.5 + k / 100 for k in range(9))), 2).of[0] == 0


def test_the_best_so_far_follows_the_goal_and_the_order_of_the_ends():
    rows = [row(1, 9.0, ended=7200.0), row(2, 5.0, ended=3600.0), row(3, 4.0, ended=5400.0), row(None, None)]
    assert best_so_far(rows, goal="maximize", begin=0.0) == [(1.0, 5.0, 1), (2.0, 9.0, 0)]
    assert best_so_far(rows, goal="minimize", begin=0.0) == [(1.0, 5.0, 1), (1.5, 4.0, 2)]


def test_a_curve_has_the_latest_value_of_each_step_in_the_order_of_the_steps():
    measured = [("a", 2, 0.2), ("a", 1, 0.1), ("a", 2, 0.3), ("b", 1, 0.5), ("c", 1, 0.1), ("c", 2, 0.2)]
    assert curves(measured, {"a": 0, "b": 1}) == [{"row": 0, "steps": [1, 2], "values": [0.1, 0.3]}]


def test_thinning_keeps_the_first_and_both_ends():
    kept = first_and_evenly(20_000, most=2000, first=500)
    assert (len(set(kept)), kept[:500], kept[-1]) == (2000, list(range(500)), 19_999)
    assert first_and_evenly(3, most=2000, first=500) == [0, 1, 2]
    assert some(range(1000), 3) == [0, 499, 999]


def test_a_cell_of_the_heat_map_is_the_mean_of_its_numbers():
    (across, up), _ = axes([{"x": 1, "y": "a"}, {"x": 1, "y": "a"}, {"x": 2, "y": "b"}, {"x": 2, "y": "a"}])
    found = heat(across, up, [1.0, 2.0, 5.0, None])
    assert (found["across"], found["up"]) == (("1", "2"), ("a", "b"))
    assert found["mean"] == [[1.5, None], [None, 5.0]]
    assert found["count"] == [[2, 0], [0, 1]]


def test_failures_of_one_kind_are_one_group_and_what_still_runs_is_none():
    bad = {"state": "failed", "reason": "code", "note": "ValueError: x"}
    rows = [row(1, 1.0), *(row(None, None, trial=f"f{n}", **bad) for n in range(5)), row(None, None, state="running")]
    assert failures(rows) == [{**bad, "count": 5, "trials": ["f0", "f1", "f2"]}]


def test_command_lines_come_out_of_their_packing_as_they_went_in():
    trials = ["t1", "t2", "t3"]
    lines = ["cd /a/t1 && run --x=1 --dir=/a/t1", "cd /a/t2 && run --x=12 --dir=/a/t2", ""]
    found = packed(lines, trials)
    whole = [
        "" if middle is None else (found["head"] + middle + found["tail"]).replace("\ue000", trial)
        for middle, trial in zip(found["middles"], trials, strict=True)
    ]
    assert whole == lines
    assert found["middles"] == ["", "2", None]


def test_the_caveat_counts_what_cannot_be_told_from_the_best():
    assert caveat([row(1, 1.0)], repeats=1) == ""
    assert "partly the luckiest of 2" in caveat([row(1, 1.0), row(2, 0.5)], repeats=1)
    rows = [row(1, 1.0, std=0.1, n=4), row(2, 0.9, std=0.1, n=4), row(3, 0.5, std=0.1, n=4), row(4, 0.9, n=1)]
    assert caveat(rows, repeats=4).startswith("1 other point lies within two standard errors")


def test_a_page_of_many_trials_draws_some_and_says_so():
    rows = [row(n + 1, -float(n), trial=f"t{n}", params={"x": n}) for n in range(3000)]
    model = page(Facts("s", Metric()), rows)
    assert len(model["drawn"]) == 2000
    assert model["thinned"].startswith("The plots show 2,000 of 3,000 ranked trials: the best 500")
    assert len(model["columns"]["trial"]) == 3000
    assert page(Facts("s", Metric()), rows[:2000])["thinned"] == ""


def test_a_full_grid_has_its_pairs_too_and_other_sweeps_have_none():
    points = [{"a": a, "b": b, "c": c} for a in (1, 2) for b in (1, 2) for c in (1, 2)]
    model = page(Facts("s", Metric()), [row(1, float(p["a"] == p["b"]), params=p) for p in points])
    assert [(a, b, round(share)) for a, b, share, _ in model["together"]] == [
        ("a", "b", 1),
        ("a", "c", 0),
        ("b", "c", 0),
    ]
    assert len(model["importance"]) == 3
    assert "analysis of variance of the full grid" in model["importance_said"]
    model = page(Facts("s", Metric()), [row(1, float(p["a"]), params=p) for p in points[1:]])
    assert model["together"] == []


def test_a_sweep_without_trials_has_a_page():
    assert page(Facts("s", Metric()), [])["columns"]["trial"] == []


BOTH = Metric(more=(Metric("size", "minimize"),), where=("loss < 1",), watched=("loss",))


def of_two(rank, metric, size, *, pareto=False, violates=()):
    values = {"accuracy": metric, "size": size, "loss": 0.5}
    return row(rank, metric, trial=f"t{metric}", values=values, pareto=pareto, violates=list(violates))


TWO = [
    of_two(1, 0.9, 30.0, pareto=True),
    of_two(2, 0.7, 10.0, pareto=True),
    of_two(3, 0.8, 40.0),
    of_two(None, 0.95, 5.0, violates=["loss < 1"]),
    of_two(None, 0.5, None),
]


def test_the_front_is_sorted_along_it_and_what_breaks_a_condition_is_apart():
    found = pareto(TWO, BOTH)
    assert (found["front"], found["others"], found["broken"]) == ([1, 0], [2], [3])
    assert (found["names"], found["goals"], found["where"]) == (
        ["accuracy", "size"],
        ["maximize", "minimize"],
        "loss < 1",
    )
    assert pareto(TWO, Metric()) is None


def test_a_page_has_a_column_for_each_metric_and_counts_no_broken_condition_as_a_failure():
    model = page(Facts("s", BOTH), TWO)
    assert model["more"] == {"size": [30.0, 10.0, 40.0, 5.0, None], "loss": [0.5] * 5}
    assert [one["trials"] for one in model["failures"]] == [["t0.5"]]
    assert "the Pareto front first, by accuracy" in model["ranked_by"]
    assert page(Facts("s", Metric()), [row(1, 0.5)])["more"] == {}
