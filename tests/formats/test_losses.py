"""What a format cannot say is named, each with what is written instead; everything else is no loss."""

from __future__ import annotations

import pytest
from studies import HEAD, rendering_of, translated

from sweeper.config import parse
from sweeper.errors import ProblemsError, UserError
from sweeper.formats.axes import axes_of
from sweeper.formats.losses import refuse
from sweeper.formats.registry import FORMATS
from sweeper.formats.translate import points

BOTH = ("mlengine", "vertex")
AXIS = "parameters: {x: [1, 2]}\n"
AB = "parameters: {a: [u, v], b: [p, q], x: {values: [1, 2], when: {a: u, b: p}}}"
BEYOND = "parameters: {o: [a, b, c], p: {values: [1, 2], when: {o: [a, b]}}, x: {values: [1, 2], when: {o: a, p: 1}}}"

# config, path of the loss, the formats that have it, a word of what is lost, a word of what is written instead
LOSSES = [
    ("parameters: {a: 1}\ntogether: [{x: [1, 2], y: [3, 4]}]", "together[0]", BOTH, "x and y", "independently"),
    (
        "parameters: {x: [1, 2], y: [3, 4]}\nexclude: [{x: 1, y: [3, 4]}]",
        "exclude[0]",
        BOTH,
        "{x: 1, y: 3 or 4}",
        "tried",
    ),
    ("parameters: {x: [1, 2]}\nconstraints: ['x <= 1']", "constraints[0]", BOTH, "x <= 1", "tried"),
    (AXIS + "repeats: {count: 3, parameter: seed}", "repeats", BOTH, "3 times", "once"),
    ("method: sobol\ntrials: 4\n" + AXIS, "method", BOTH, "sobol", "at random"),
    ("method: tpe\ntrials: 4\n" + AXIS, "method", BOTH, "by tpe", "thinks best"),
    ("method: auto\nwarm_start: [early, seen.csv]\ntrials: 4\n" + AXIS, "warm_start", BOTH, "early, seen.csv", "none"),
    (AXIS + "stop_when: {no_improvement: 9}", "stop_when", BOTH, "9 points", "all trials"),
    (AXIS + "early_stopping: asha", "early_stopping", BOTH, "rule asha", "by the service's own"),
    (AXIS + "early_stopping: {rule: none, stall: 5m}", "early_stopping", BOTH, "hang", "go on"),
    ("parameters: {o: [a, b], x: {values: [1, 2], when: {o: a}}}", "parameters.x.when", ("mlengine",), "o: a", "every"),
    (BEYOND, "parameters.x.when", BOTH, "", "every trial"),
    (AB, "parameters.x.when", BOTH, "", "every trial"),
    (AXIS + "metric: {name: m, from: jsonl}", "metric.from", BOTH, "jsonl", "hypertune"),
    (AXIS + "metric: {name: m, reduce: best}", "metric.reduce", ("mlengine",), "best", "last"),
    (AXIS + "metric: {name: m, reduce: min}", "metric.reduce", BOTH, "min", "last"),
    (AXIS + "metric: {name: m, goal: minimize, reduce: max}", "metric.reduce", BOTH, "max", "last"),
    (AXIS + "limits: {timeout: 2h}", "limits.timeout", ("mlengine",), "7200 seconds", "takes"),
    (AXIS + "limits: {hours: 5}", "limits.hours", BOTH, "5 hours", "go on"),
    (AXIS + "limits: {cost: 20 USD}", "limits.cost", BOTH, "20 USD", "go on"),
    ("method: service\ntrials: 4\nresume: digits_1\n" + AXIS, "resume", ("vertex",), "digits_1", "none"),
    # parameters that the services cannot pass
    ("parameters: {x: [1, 2], f: [true, false]}", "parameters.f", BOTH, "true", "left out"),
    ("parameters: {x: [1, 2], f: [a, null]}", "parameters.f", BOTH, "null", "left out"),
    ("parameters: {x: [1, 2], f: [[a, b], c]}", "parameters.f", BOTH, "[", "left out"),
    ("parameters: {x: [1, 2], f: ['{trial}', c]}", "parameters.f", BOTH, "in braces", "left out"),
    ("parameters: {x: [1, 2], f: 'a/{job_dir}'}", "parameters.f", BOTH, "in braces", "left out"),
    # numbers that they would change
    ("parameters: {x: [1, 2], f: [9007199254740993, 1]}", "parameters.f", BOTH, "floating-point", "CATEGORICAL"),
    ("parameters: {x: [1, 2], f: [1, 1.00000000001]}", "parameters.f", ("vertex",), "1e-10 apart", "CATEGORICAL"),
    (
        "parameters: {x: [1, 2], f: {min: 0, max: 1, num: 1001, type: float}}",
        "parameters.f",
        BOTH,
        "1001",
        "CATEGORICAL",
    ),
    (
        "method: random\ntrials: 2\nparameters: {x: [1, 2], f: {min: 0, max: 9007199254740993}}",
        "parameters.f",
        ("mlengine",),
        "whole numbers above",
        "left out",
    ),
    (
        "method: random\ntrials: 2\nparameters: {x: [1, 2], f: {min: 0, max: 18446744073709551615}}",
        "parameters.f",
        BOTH,
        "whole numbers above",
        "left out",
    ),
]

FINE = [
    AXIS,
    AXIS + "repeats: {count: 1, parameter: seed}",
    AXIS + "metric: {name: m, from: hypertune}",
    AXIS + "seed: 7",
    AXIS + "order: shuffled",
    "parameters: {x: {min: 0, max: 1, step: 0.1}, y: {min: 1e-4, max: 1, num: 5, scale: log}}",
    "parameters: {z: {min: 1, max: 9, step: 2}}",
    "parameters: {o: a, p: {value: b, when: {o: a}}, x: {values: [1, 2], when: {p: b}}}",
    "parameters: {x: [1, auto], c: [a], f: true, g: {value: [a, b]}}",
    "parameters: {o: a, x: {values: [1, 2], when: {o: a}}}",  # it is always there
]
FINE_AT_VERTEX = [
    AXIS + "metric: {name: m, reduce: max}",
    AXIS + "metric: {name: m, goal: minimize, reduce: min}",
    # o is a wherever p is c
    "parameters: {o: [a, b], p: {values: [c, d], when: {o: a}}, x: {values: [1, 2], when: {o: [a], p: c}}}",
    "parameters: {x: {values: [1, 2], when: {o: [a], p: c}}, p: {values: [c, d], when: {o: a}}, o: [a, b]}",
    "parameters: {o: {min: 1, max: 3, step: 1}, x: {values: [1, 2], when: {o: 2}}}",
    "parameters: {o: [0.5, 1], x: {value: 3, when: {o: 0.5}}}",
]


@pytest.mark.parametrize("to", BOTH)
@pytest.mark.parametrize(("config", "path", "where", "lost", "instead"), LOSSES)
def test_a_loss_is_named_where_there_is_one(config, path, where, lost, instead, to):
    found = [loss for loss in translated(config, to).losses if loss.path == path]
    if to not in where:
        assert found == []
        return
    (loss,) = found
    assert lost in loss.message
    assert instead in loss.instead


@pytest.mark.parametrize("to", BOTH)
@pytest.mark.parametrize("config", FINE)
def test_what_both_can_say_is_no_loss(config, to):
    assert translated(config, to).losses == ()


@pytest.mark.parametrize("config", FINE_AT_VERTEX)
def test_what_vertex_can_say_is_no_loss(config):
    assert translated(config, "vertex").losses == ()


@pytest.mark.parametrize("to", BOTH)
def test_a_search_that_learns_becomes_the_services_own(to):
    found = translated("method: auto\ntrials: 9\nlimits: {parallel: 2}\n" + AXIS, to)
    assert (found.losses, found.study.algorithm, found.study.trials) == ((), "service", 9)
    assert any("which is Bayesian too" in note for note in found.notes)


def test_all_losses_are_told_at_once_and_how_to_go_on():
    found = translated(AXIS + "repeats: {count: 2, parameter: seed}\nexclude: [{x: 1}]\nlimits: {hours: 1}", "vertex")
    with pytest.raises(ProblemsError) as caught:
        refuse(found.losses, title="Vertex AI", where="sweep.yaml")
    problems = caught.value.problems
    assert {problem.path for problem in problems} == {"exclude[0]", "repeats", "limits.hours"}
    assert [bool(problem.hint) for problem in problems] == [False, False, True]
    assert "--lossy" in problems[-1].hint


# what has nothing to search, or cannot be counted or named there
REFUSED = [
    ("method: list\npoints: [{x: 1}, {x: 2}]", BOTH, "a list of points leaves nothing to search"),
    ("parameters: {x: 1, y: [2]}", BOTH, "no parameter is left to search: each has one value only"),
    ("parameters: {x: [true, false]}", BOTH, "no parameter is left to search: true is not written as one --name=value"),
    (AXIS + "metric: my metric", ("vertex",), "takes no spaces in the name of a metric"),
    ("method: random\ntrials: 2147483648\n" + AXIS, BOTH, "2147483648 trials are more than a service counts"),
]


@pytest.mark.parametrize(("config", "where", "said"), REFUSED)
def test_what_is_no_study_at_all_is_refused(config, where, said):
    for to in where:
        with pytest.raises(UserError) as caught:
            translated(config, to)
        assert said in str(caught.value)


def test_a_grid_is_counted_with_its_conditions():
    config = "parameters: {o: [a, b, c], x: {values: [1, 2], when: {o: [a, b]}}, "
    config += "y: {values: [1, 2, 3], when: {o: b}}, z: [1, 2]}"
    assert translated(config, "vertex").study.trials == (2 + 2 * 3 + 1) * 2
    assert translated(config, "mlengine").study.trials == 3 * 2 * 3 * 2  # there they are always passed
    big = "parameters: {o: {min: 0, max: 100000000, step: 200}, x: {values: [1, 2], when: {o: 200}}}"
    sweep = parse(HEAD + big.replace("step: 200", "step: 1").replace("100000000", "900000"), path="s")
    assert points(axes_of(sweep.space, rendering_of(sweep), FORMATS["vertex"].can).axes) == 900002


def test_a_limit_on_trials_is_the_count():
    assert translated("parameters: {x: [1, 2, 3]}\nlimits: {trials: 2}", "vertex").study.trials == 2
    assert translated("parameters: {x: [1, 2, 3]}\nlimits: {trials: 20}", "vertex").study.trials == 3
    assert (
        translated("method: random\ntrials: 9\nlimits: {trials: 4, parallel: 8}\n" + AXIS, "vertex").study.parallel == 4
    )
