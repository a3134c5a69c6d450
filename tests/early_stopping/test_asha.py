"""asha on curves whose decisions can be worked out by hand."""

import random

import pytest
from curves import LOSS, judge, told

from sweeper.model import Metric


def test_at_the_first_rung_the_best_third_of_those_that_came_goes_on():
    asha = judge("asha", min_steps=2, reduction=3)
    standing = told(
        asha,
        ("a", 2, 0.5),  # the first one there is the best of one
        ("b", 2, 0.4),  # second of two
        ("c", 2, 0.6),  # the best of three
        ("d", 2, 0.55),  # second of four, and one of four goes on
        ("e", 2, 0.1),
        ("f", 2, 0.55),  # of six two go on, and this is as good as the second
    )
    assert standing == [set(), {"b"}, {"b"}, {"b", "d"}, {"b", "d", "e"}, {"b", "d", "e"}]


def test_nobody_is_compared_with_what_others_had_between_two_rungs():
    asha = judge("asha", min_steps=2, reduction=3)
    assert told(asha, ("a", 1, 0.9), ("b", 1, 0.1), ("a", 2, 0.4), ("a", 5, 0.9), ("b", 3, 0.5))[-1] == set()


def test_who_went_on_because_few_had_come_is_measured_by_those_who_came_later():
    asha = judge("asha", min_steps=2, reduction=3)
    told(asha, ("a", 2, 0.5), ("b", 2, 0.6), ("c", 2, 0.7))  # each is the best of those that have come
    assert told(asha, ("a", 3, 0.69), ("b", 3, 0.7)) == [{"a"}, {"a"}]  # b has got there, and has to be no better
    assert asha.stopped["a"] == "not among the best 1 of 3 at step 2, even by step 3"


def test_between_two_rungs_its_best_since_the_last_one_counts():
    asha = judge("asha", Metric(reduce="last"), min_steps=2, reduction=3)
    assert told(asha, ("a", 1, 0.9), ("a", 2, 0.5), ("a", 3, 0.7), ("b", 2, 0.6), ("a", 4, 0.1)) == [set()] * 5
    assert told(asha, ("c", 2, 0.8), ("a", 5, 0.75))[-1] == {"a"}  # what it had before the rung is no help


def test_what_is_heard_again_between_two_rungs_is_no_report():
    asha = judge("asha", min_steps=2, reduction=3)
    told(asha, ("a", 2, 0.5), ("a", 3, 0.5), ("b", 2, 0.6))
    assert told(asha, ("a", 1, 0.1), ("a", 2, 0.5), ("a", 3, 0.5), ("a", 4, 0.6))[-1] == set()


@pytest.mark.parametrize("seed", range(5))
def test_the_best_of_all_is_never_stopped(seed):
    draw, asha = random.Random(seed), judge("asha", Metric(reduce="best"))
    for step in range(1, 40):
        for trial in range(30):
            if str(trial) not in asha.stopped:
                asha.take(str(trial), step, draw.random())
                assert asha.leader not in asha.stopped
    assert len(asha.stopped) > 20


def test_the_second_rung_compares_those_that_got_there():
    asha = judge("asha", min_steps=2, reduction=3)
    told(asha, *((trial, 2, 0.5) for trial in "abc"))
    assert told(asha, ("a", 6, 0.7), ("b", 6, 0.8), ("c", 6, 0.75)) == [set(), set(), {"c"}]
    assert asha.stopped["c"] == "not among the best 1 of 3 at step 6"


def test_rungs_grow_by_the_reduction_and_end_before_the_last_step():
    asha = judge("asha", min_steps=3, reduction=4, max_steps=48)
    for step in (3, 12, 48, 192):  # from the 48th on nobody is compared: the trials end there
        told(asha, ("a", step, 0.9))
    assert [told(asha, ("b", step, 0.1))[-1] for step in (2, 3)] == [set(), {"b"}]
    told(asha, ("c", 12, 0.95))
    assert told(asha, ("c", 48, 0.0), ("c", 192, 0.0))[-1] == {"b"}


def test_a_report_that_skips_rungs_is_judged_on_each():
    asha = judge("asha", min_steps=2, reduction=3)
    told(asha, ("a", 2, 0.1), ("a", 6, 0.9))
    assert told(asha, ("b", 7, 0.5))[-1] == {"b"}  # better than a had been at 2, worse than at 6


def test_lower_is_better_where_the_goal_says_so():
    asha = judge("asha", LOSS, min_steps=2)
    assert told(asha, ("a", 2, 0.5), ("b", 2, 0.6), ("c", 2, 0.4))[-1] == {"b"}


def test_what_was_stopped_stays_stopped_and_says_why():
    asha = judge("asha")
    told(asha, ("a", 2, 0.9), ("b", 2, 0.1), ("b", 6, 1.0))
    assert asha.stopped == {"b": "not among the best 1 of 2 at step 2"}


# -- promotion: (trial, step, value) and who is stopped afterwards ---------------------------------------------------

PROMOTION = [
    ("a", 2, 0.5, "a"),  # nobody is promoted before three have come
    ("b", 2, 0.7, "ab"),
    ("c", 2, 0.6, "ac"),  # the best of three is b
    ("b", 6, 0.9, "abc"),  # which waits at the next rung now
    ("d", 2, 0.8, "abc"),  # the best of four
    ("e", 2, 0.1, "abce"),
    ("f", 2, 0.2, "abcef"),  # two of six: d and b, who went on before
]


def test_promotion_stops_all_until_they_are_among_the_best_third():
    asha = judge("asha", resumes=True)
    for trial, step, value, stopped in PROMOTION:
        assert told(asha, (trial, step, value)) == [set(stopped)]


def test_one_that_waits_is_promoted_when_worse_ones_arrive():
    asha = judge("asha", resumes=True)
    told(asha, ("a", 2, 0.9), ("b", 2, 0.8))
    assert asha.take("c", 2, 0.1) == ["a", "c"]
    assert set(asha.stopped) == {"b", "c"}


def test_one_that_was_promoted_and_waits_higher_up_is_not_promoted_again_below():
    asha = judge("asha", resumes=True)
    told(asha, *((trial, 2, value) for trial, value in zip("abc", (0.9, 0.8, 0.7), strict=True)))
    told(asha, ("a", 6, 0.95))
    assert set(asha.stopped) == {"a", "b", "c"}
    told(asha, ("d", 2, 0.1), ("e", 2, 0.1), ("f", 2, 0.1))  # two of six: a, which is gone, and b
    assert set(asha.stopped) == {"a", "c", "d", "e", "f"}


def test_one_that_ran_on_before_it_was_stopped_is_judged_where_it_got_to():
    """What a trial reports is seen late: it may have passed the next rung by then."""
    asha = judge("asha", resumes=True)
    told(asha, ("a", 2, 0.9), ("b", 2, 0.8), ("c", 2, 0.7), ("b", 6, 0.85))
    told(asha, *((trial, 2, 0.1) for trial in "def"))  # of six two would go on, and b is the second
    assert "b" in asha.stopped
    told(asha, ("a", 6, 0.8), ("c", 6, 0.7))  # b is the best of three at the next one
    assert "b" not in asha.stopped


@pytest.mark.parametrize("seed", range(5))
def test_who_was_ever_among_the_best_third_is_promoted_and_nobody_else(seed):
    draw, asha, arrived, ever = random.Random(seed), judge("asha", resumes=True), [], set()
    for i in range(60):
        arrived.append((-draw.randrange(20), i))  # ties are many: the earlier one is the better one
        asha.take(f"t{i}", 2, -float(arrived[-1][0]))
        ever |= {f"t{one}" for _, one in sorted(arrived)[: len(arrived) // 3]}
        assert {f"t{one}" for _, one in arrived} - asha.stopped.keys() == ever


@pytest.mark.parametrize(("reduce", "goes_on"), [("last", "b"), ("best", "a")])
def test_a_trial_is_judged_by_the_number_that_it_would_be_ranked_by(reduce, goes_on):
    asha = judge("asha", Metric(reduce=reduce), min_steps=2)
    told(asha, ("a", 1, 0.9), ("b", 1, 0.1), ("a", 2, 0.2), ("b", 2, 0.5), ("c", 2, 0.1))
    assert ("b" not in asha.stopped) == (goes_on == "b")
