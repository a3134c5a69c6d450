"""The search benchmark's statistics, on numbers small enough to be checked by hand."""

from __future__ import annotations

import pytest

pytest.importorskip("scipy")

from benchmarks.search.compare import holm, interval, mean_ranks, ranks, signed_rank
from benchmarks.search.regret import regret, regrets
from benchmarks.search.report import report, summary
from benchmarks.search.store import Row, add, forget, read

REFERENCES = {"a": {"best": 0.0, "median": 10.0}, "b": {"best": -1.0, "median": 1.0}}


def row(method, task, seed, end, batch=1):
    scores = [None, end + 1, end]
    return Row(task, seed, batch, method, 48, f"{method} 1", scores, [end], [0.1, 0.5, 0.2], [100, 120])


def test_equal_values_share_the_mean_of_their_places():
    assert ranks({"x": 0.5, "y": 0.1, "z": 0.5, "w": 0.9}) == {"y": 1, "x": 2.5, "z": 2.5, "w": 4}


def test_mean_ranks_are_over_the_tasks_that_all_methods_have():
    means = {"x": {"a": 1.0, "b": 1.0, "c": 0.0}, "y": {"a": 2.0, "b": 0.0}}
    assert mean_ranks(means) == {"x": 1.5, "y": 1.5}


def test_holm_multiplies_the_least_p_by_all_and_never_lets_a_larger_one_fall_below_it():
    assert holm({"x": 0.01, "y": 0.04, "z": 0.03}) == pytest.approx({"x": 0.03, "z": 0.06, "y": 0.06})
    assert holm({"x": 0.7, "y": 0.8}) == {"x": 1.0, "y": 1.0}


def test_six_tasks_that_all_go_one_way_have_the_p_of_six_coins():
    assert signed_rank([-1, -2, -3, -4, -5, -6, 0.0]) == pytest.approx(2 / 2**6)
    assert signed_rank([0.0, 0.0]) == 1.0


def test_the_interval_is_students():
    assert interval([1.0, 2.0, 3.0]) == pytest.approx((2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5))
    assert interval([1.0]) is None


def test_regret_is_0_at_the_best_and_1_at_the_median_and_for_whoever_only_failed():
    assert [regret(score, 2.0, 6.0) for score in (1.0, 2.0, 4.0, 6.0, 100.0, None)] == [-0.25, 0, 0.5, 1, 1, 1]


def test_a_method_is_compared_task_by_task_on_the_seeds_that_both_have():
    rows = [row("auto", task, seed, end) for task, end in (("a", 1.0), ("b", 0.0)) for seed in (0, 1)]
    rows += [row("optuna", "a", 0, 2.0), row("optuna", "b", 0, 0.0), row("optuna", "b", 5, -1.0)]
    rows += [row("part", "a", 0, 0.0)]
    told = summary(rows, regrets(rows, REFERENCES), "auto")
    assert told["methods"]["auto"]["regret"] == [1.0, 0.6, 0.3]
    assert told["methods"]["auto"]["rank"] == [1.5, 1.5, 1.5]
    assert {key: told["methods"]["optuna"][key] for key in ("runs", "wins", "losses")} == {
        "runs": 3,
        "wins": 1,
        "losses": 0,
    }
    assert told["partial"] == {"part": 1}


def test_a_task_on_which_ours_is_surely_far_behind_the_baseline_is_named():
    rows = [row("optuna", "a", seed, 0.0) for seed in range(3)] + [row("optuna", "b", seed, 0.0) for seed in range(3)]
    rows += [row("auto", "a", seed, 1.0 + seed / 100) for seed in range(3)]
    rows += [row("auto", "b", seed, float(seed)) for seed in range(3)]
    told = summary(rows, regrets(rows, REFERENCES), "auto")
    assert told["behind"]["a"] == pytest.approx(
        [0.101 - 4.302653 * 0.001 / 3**0.5, 0.101 + 4.302653 * 0.001 / 3**0.5], abs=1e-4
    )
    assert told["far"] == ["a"]


def test_the_report_has_a_line_and_two_tables_for_each_batch_size():
    rows = [row(method, "bbob-rastrigin-4", 0, 100.0, batch) for method in ("auto", "optuna") for batch in (1, 8)]
    text = report(rows, ours="auto", trials=48)
    assert [part.split()[0] for part in text.split("\n\n")] == ['{"benchmark":', "###", "|", "|"] * 2


def test_rows_are_read_back_the_later_of_two_runs_counts_and_a_method_can_be_forgotten(tmp_path):
    path = tmp_path / "results.jsonl"
    for one in (row("x", "a", 0, 1.0), row("y", "a", 0, 1.0), row("x", "a", 0, 2.0)):
        add(one, path)
    assert read(path) == [row("x", "a", 0, 2.0), row("y", "a", 0, 1.0)]
    assert forget({"x"}, path) == 1
    assert read(path) == [row("y", "a", 0, 1.0)]
