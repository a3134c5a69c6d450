"""The search benchmark's tasks can be searched, and its runs go as a launch would."""

from __future__ import annotations

import importlib.util

import pytest

from benchmarks.search.methods import Setting, load
from benchmarks.search.simulate import scores, simulate
from benchmarks.search.task import Task, present, real
from benchmarks.search.tasks import makers
from sweeper.model import Space

MISSING = {"bbob": "ioh", "mixint": "ioh", "live": "sklearn"}


@pytest.mark.parametrize("name", makers())
def test_every_task_has_a_value_at_random_points(name, tmp_path):
    needs = MISSING.get(name.split("-")[0])
    if needs and not importlib.util.find_spec(needs):
        pytest.skip(f"{needs} is not installed")
    task = makers(tmp_path)[name]()
    make, _ = load("random")
    method = make(Setting(task.space, seed=1, trials=6, batch=1))
    points = [method.ask(k) for k in range(6)]
    values = [task.value(point, k) for k, point in enumerate(points)]
    assert all(present(task.space, {**dict.fromkeys(_names(task)), **point}) == point for point in points)
    assert all(value is None or isinstance(value, float) for value in values)
    assert any(value is not None for value in values)
    assert values == [task.value(point, k) for k, point in enumerate(points)]


def _names(task):
    return [parameter.name for parameter in task.space.parameters]


class Noting:
    """A method that writes down what it hears."""

    def __init__(self):
        self.heard = []

    def ask(self, number):
        self.heard.append(("ask", number))
        return {"x": number / 10}

    def tell(self, number, value):
        self.heard.append(("tell", number, value))


TASK = Task("line", Space((real("x", 0, 1),)), lambda point, draw: None if point["x"] == 0 else 1 - point["x"])


def test_one_at_a_time_each_trial_is_told_before_the_next_is_asked_for():
    method = Noting()
    run = simulate(TASK, method, seed=0, batch=1, trials=3)
    assert method.heard == [
        ("ask", 0),
        ("tell", 0, None),
        ("ask", 1),
        ("tell", 1, 0.9),
        ("ask", 2),
        ("tell", 2, 0.8),
    ]
    assert scores(TASK, run, (1, 2, 3)) == [None, 0.9, 0.8]


def test_a_full_batch_is_under_way_until_there_is_nothing_left_to_start():
    method = Noting()
    run = simulate(TASK, method, seed=0, batch=4, trials=9)
    under_way = [0]
    for what, *_ in method.heard:
        under_way.append(under_way[-1] + (1 if what == "ask" else -1))
    assert under_way == [0, 1, 2, 3, 4, 3, 4, 3, 4, 3, 4, 3, 4, 3, 4, 3, 2, 1, 0]
    order = [one.number for one in run.ended]
    assert sorted(order) == list(range(9))
    assert order != sorted(order)
    assert [one.number for one in simulate(TASK, Noting(), seed=0, batch=4, trials=9).ended] == order
