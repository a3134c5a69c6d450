"""``metric:`` with several metrics and with conditions on them."""

import json

import jsonschema
import pytest
import yaml

from sweeper.config import load
from sweeper.config.jsonschema import json_schema
from sweeper.config.parse import parse
from sweeper.errors import ConfigError
from sweeper.model import Metric

HEAD = "trainer: t\nparameters: {a: [1, 2]}\n"


def metric(text, more=""):
    return parse(f"{HEAD}metric: {text}\n{more}", path="sweep.yaml").metric


def test_a_list_is_several_objectives_and_the_first_ranks():
    found = metric("[accuracy, {name: loss, goal: minimize, reduce: best}]")
    assert found == Metric(more=(Metric("loss", "minimize", "best"),))
    assert found.names == ("accuracy", "loss")
    assert metric("[accuracy]") == metric("accuracy") == Metric()


def test_conditions_are_kept_as_written_and_their_metrics_are_watched():
    found = metric('{where: "size_mb < 20"}')
    assert (found.where, found.watched, found.names) == (("size_mb < 20",), ("size_mb",), ("accuracy", "size_mb"))
    found = metric(
        '[{name: eval/acc, where: ["eval/acc > 0.5", "b * 2 <= c"]}, {name: b, where: "b > 1 or not c == 2"}]'
    )
    assert found.where == ("eval/acc > 0.5", "b * 2 <= c", "b > 1 or not c == 2")
    assert (found.watched, [one.where for one in found.more]) == (("c",), [()])
    assert metric("{where: 'a < 2', name: a}").watched == (), "a metric that is called like a parameter is a metric"


def test_one_place_is_read_for_all():
    pattern = r"'(?P<name>\w+)=(?P<value>\S+)'"
    found = metric(f"[{{name: accuracy, from: stdout, pattern: {pattern}}}, loss]")
    assert (found.source, found.more[0].source) == ("stdout", "auto")


WRONG = [
    ("[accuracy, loss, accuracy]", "3:26: metric[2]: accuracy is an objective already", "keep one"),
    ("[a, {name: b, from: jsonl}]", "3:29: metric[1].from: all metrics are read where the first one is, a", "write it"),
    ("{where: 'a < 2'}", "3:17: metric.where: a is a parameter, and this is about", "write constraints: ['a < 2']"),
    ("{where: ['b < 2', 'b ! 3']}", "3:27: metric.where[1]: '!' is not understood here, at column 3", "write `not`"),
    ("{where: 'b + 2'}", "3:17: metric.where: expected a comparison, found a number", "compare it"),
    ("{where: '1 < 2'}", "3:17: metric.where: the condition names no metric", ""),
    ("{where: '(b) <'}", "3:17: metric.where: expected a metric, a number, a string or (", ""),
    ("{where: 'f(b) < 1'}", "3:17: metric.where: expected an operator or the end, found '('", "there are no functions"),
    ("{where: []}", "3:17: metric.where: expected at least one entry", ""),
    ("[]", "3:9: metric: expected at least one entry", ""),
    ("[{goal: up}]", "3:17: metric[0].goal: expected maximize or minimize", ""),
    (
        "[{name: x, from: stdout, pattern: 'x=(?P<value>.)'}, y]",
        "3:43: metric[0].pattern: this pattern finds x alone, and y is wanted too",
        "let it find the name as well: (?P<name>x|y)=",
    ),
    (
        "{name: x, from: stdout, pattern: 'x=(?P<value>.)', where: 'y > 1 and z > 1'}",
        "3:42: metric.pattern: this pattern finds x alone, and y and z is wanted too",
        "let it find",
    ),
]


@pytest.mark.parametrize(("text", "said", "hint"), WRONG)
def test_what_is_wrong_is_told_where_it_stands(text, said, hint):
    with pytest.raises(ConfigError) as error:
        metric(text)
    (problem,) = error.value.problems
    assert str(problem).startswith(f"sweep.yaml:{said}")
    assert (problem.hint or "").startswith(hint)


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_file():
    with pytest.raises(ConfigError) as error:
        metric("\n- {name: x, from: stdout}\n- {where: 'a <'}\n- {name: x, from: jsonl}", more="method: pbt\n")
    assert [(problem.where.removeprefix("sweep.yaml:"), problem.path) for problem in error.value.problems] == [
        ("4:19", "metric[0].pattern"),
        ("5:11", "metric[1].where"),
        ("6:3", "metric[2]"),
        ("6:19", "metric[2].from"),
        ("7:9", "method"),
    ]


METHODS = [
    ("nsga", "accuracy", "method: nsga weighs several objectives against each other, and there is one: accuracy"),
    ("auto", "[a1, b1]", "metric: auto searches for one objective, and there are 2"),
    ("gp", "[a1, b1, c1]", "metric: gp searches for one objective, and there are 3"),
    ("cmaes", "[a1, b1]", "metric: cmaes searches for one objective, and there are 2"),
    ("service", "[a1, b1]", "metric: a tuning service is asked for one metric, not for b1 beside a1"),
    ("service", "{where: 'b1 > 2'}", "metric: a tuning service is asked for one metric, not for conditions on metrics"),
]


@pytest.mark.parametrize(("method", "text", "said"), METHODS)
def test_a_method_for_another_number_of_objectives_is_refused(method, text, said):
    with pytest.raises(ConfigError) as error:
        metric(text, more=f"method: {method}\ntrials: 9\n")
    assert said in str(error.value)


@pytest.mark.parametrize("method", ["random", "sobol", "tpe", "nsga"])
def test_the_others_take_several(method):
    assert len(metric("[a1, b1]", more=f"method: {method}\ntrials: 9\n").more) == 1


@pytest.mark.parametrize(("method", "text"), [("nsga", "[a1, b1]"), ("tpe", "[a1, b1]"), ("auto", "{where: 'b1 > 2'}")])
def test_where_more_than_one_number_is_judged_a_search_begins_with_no_other_sweep(method, text):
    with pytest.raises(ConfigError, match="warm_start: of other sweeps one number a trial is known"):
        metric(text, more=f"method: {method}\ntrials: 9\nwarm_start: x\n")


@pytest.mark.parametrize(
    "text", ["accuracy", "{where: 'b < 1'}", "[a1, {name: b1, goal: minimize, where: ['c < 1', 'd > 1']}]"]
)
def test_the_editors_schema_takes_what_the_checks_take(text):
    jsonschema.validate(json.loads(json.dumps(yaml.safe_load(f"{HEAD}metric: {text}"))), json_schema())


def test_the_editors_schema_refuses_an_empty_list():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(f"{HEAD}metric: []"), json_schema())


def test_the_shipped_config_weighs_two():
    assert load("configs/pareto.yaml").metric.names == ("accuracy", "weights", "loss")
