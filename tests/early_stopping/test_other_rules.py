"""median, patience, threshold and hyperband on curves whose decisions can be worked out by hand."""

import pytest
from curves import LOSS, judge, told

from sweeper.early_stopping.history import History
from sweeper.early_stopping.hyperband import brackets
from sweeper.model import EarlyStopping, Metric

# -- median ----------------------------------------------------------------------------------------------------------


def others(*averages, step):
    """Trials that report the same number at each step up to this one."""
    return [(f"o{i}", s, value) for s in range(1, step + 1) for i, value in enumerate(averages)]


def test_a_trial_below_the_median_of_the_others_is_stopped():
    median = judge("median", min_steps=2, min_trials=3)
    told(median, *others(0.2, 0.5, 0.8, step=3))
    assert told(median, ("x", 1, 0.1), ("x", 2, 0.3))[-1] == {"x"}
    assert median.stopped["x"] == "below the median of 3 others at step 2"


def test_its_best_counts_against_their_averages():
    median = judge("median", min_steps=2, min_trials=2)
    told(median, ("o1", 1, 0.0), ("o1", 2, 0.8), ("o2", 1, 0.0), ("o2", 2, 0.8))  # each is 0.4 on average
    assert told(median, ("x", 1, 0.5), ("x", 2, 0.1)) == [set(), set()]  # its best is 0.5


def test_as_good_as_the_median_is_good_enough():
    median = judge("median", min_steps=1, min_trials=2)
    told(median, ("o1", 1, 0.4), ("o2", 1, 0.6))
    assert told(median, ("x", 1, 0.5), ("y", 1, 0.49))[-1] == {"y"}


def test_nobody_is_stopped_before_enough_others_have_come():
    median = judge("median", min_steps=1, min_trials=5)
    falling = [(f"o{i}", 1, 1 - i / 10) for i in range(5)]
    assert told(median, *falling)[-1] == set()
    assert told(median, ("x", 1, 0.0))[-1] == {"x"}


def test_the_rule_of_a_service_that_is_not_there_is_the_median():
    service, median = judge("service"), judge("median")
    for one in (service, median):
        told(one, *others(0.2, 0.5, 0.8, 0.6, 0.7, step=3), ("x", 1, 0.1), ("x", 2, 0.3), ("y", 2, 0.9))
    assert service.stopped == median.stopped
    assert "x" in service.stopped


# -- patience --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "min_delta", "stopped_at"),
    [
        ([0.1, 0.2, 0.2, 0.2, 0.2], 0.0, 5),  # three steps after the second
        ([0.1, 0.2, 0.2, 0.2, 0.3, 0.3], 0.0, None),  # better just in time
        ([0.1, 0.11, 0.12, 0.13], 0.05, 4),  # better, but not by enough
        ([0.1, 0.13, 0.16, 0.19, 0.2], 0.05, None),  # small steps add up
        ([0.5, 0.4, 0.3, 0.2], 0.0, 4),
    ],
)
def test_patience_ends_what_has_stopped_getting_better(values, min_delta, stopped_at):
    patience = judge("patience", patience=3, min_delta=min_delta)
    seen = told(patience, *(("a", step, value) for step, value in enumerate(values, start=1)))
    assert next((step for step, stopped in enumerate(seen, start=1) if stopped), None) == stopped_at


def test_patience_counts_steps_and_not_reports():
    patience = judge("patience", patience=100)
    assert told(patience, ("a", 100, 0.5), ("a", 150, 0.4), ("a", 200, 0.4)) == [set(), set(), {"a"}]


# -- threshold -------------------------------------------------------------------------------------------------------


def test_threshold_ends_what_is_worse_once_the_time_has_come():
    threshold = judge("threshold", threshold=0.5, min_steps=3)
    assert told(threshold, ("a", 2, 0.1), ("a", 3, 0.5), ("b", 3, 0.49))[-1] == {"b"}
    loss = judge("threshold", LOSS, threshold=2.0, min_steps=1)
    assert told(loss, ("a", 1, 2.0), ("b", 1, 2.1))[-1] == {"b"}
    assert loss.stopped["b"] == "worse than 2 at step 1"


def test_with_reduce_best_a_trial_that_was_good_once_goes_on():
    threshold = judge("threshold", Metric(reduce="best"), threshold=0.5, min_steps=2)
    assert told(threshold, ("a", 1, 0.6), ("a", 2, 0.4), ("b", 2, 0.4))[-1] == {"b"}


# -- hyperband -------------------------------------------------------------------------------------------------------


def test_the_brackets_are_those_of_the_paper():
    found = brackets(EarlyStopping("hyperband", min_steps=1, reduction=3, max_steps=81))
    assert [(one.first, one.size) for one in found] == [(1, 81), (3, 34), (9, 15), (27, 8), (81, 5)]
    assert [one.first for one in brackets(EarlyStopping("hyperband", min_steps=2, max_steps=50))] == [2, 6, 50]


def test_trials_are_dealt_out_by_the_sizes_and_compared_within_their_bracket():
    hyperband = judge("hyperband", min_steps=2, max_steps=18)  # brackets of 9, 5 and 3: first at 2, at 6, never
    names = [f"t{i}" for i in range(17)]
    told(hyperband, *((name, 2, 1 - i / 100) for i, name in enumerate(names)))
    assert len(hyperband.stopped) == 9 - 1  # each is worse than the ones before it
    told(hyperband, *((name, 6, 1 - i / 100) for i, name in enumerate(names)))
    assert len(hyperband.stopped) == 9 - 1 + 5 - 1
    told(hyperband, *((name, 17, 0.0) for name in names))
    assert len(hyperband.stopped) == 9 - 1 + 5 - 1


# -- what rules remember of a trial ----------------------------------------------------------------------------------


def test_a_step_that_was_heard_before_changes_nothing():
    history = History()
    assert [history.add(step, value) for step, value in ((1, 0.1), (2, 0.3), (2, 0.9), (1, 0.9), (3, 0.2))] == [
        *(True, True, False, False, True)
    ]
    assert (history.best, history.best_step, history.average) == (0.3, 2, pytest.approx(0.2))


# -- first -----------------------------------------------------------------------------------------------------------


def test_of_a_smoke_run_every_trial_is_stopped_at_its_first_report_whatever_it_says():
    first = judge("first")
    assert told(first, ("a", 1, 0.9), ("b", 7, float("nan")), ("a", 2, 1.0)) == [{"a"}, {"a", "b"}, {"a", "b"}]
    assert first.stopped["b"] == "it has reported, at step 7"
