"""What people write into other tools' files without meaning it, and what somebody might write who means harm."""

from __future__ import annotations

import contextlib
import time

import pytest

from sweeper.commands.importing.tool import LARGEST, carried
from sweeper.errors import UserError
from sweeper.formats.foreign.registry import TOOLS
from tests.formats.foreign.golden import HERE

WANDB = "method: {method}\nprogram: t.py\nmetric: {{name: x, goal: minimize}}\nparameters:\n  a: {spec}\n"


def of(spec, method="random"):
    cap = "" if method == "grid" else "run_cap: 5\n"
    return carried(cap + WANDB.format(method=method, spec=spec), tool="wandb", file="w.yaml", lossy=True)


WARNED = [
    (
        "{values: [1e-5, 0.1]}",
        "w.yaml:6:16: parameters.a.values[0]: Weights & Biases reads 1e-5 as text",
        "[1.0e-05, 0.1]",
    ),
    ("{distribution: log_uniform_values, min: 1e-5, max: 1e-1}", "reads 1e-5 as text", "min: 1.0e-05, max: 0.1"),
    ("{values: [no, 010, 12:30]}", "reads 010 as 8", '["False", 8, 750]'),
    ("{values: adam}", "values is the single value adam", "a: [adam]"),
    ("{min: 3, max: 3}", "min and max are both 3", "a: 3"),
    (
        "{distribution: log_uniform, min: 0.001, max: 0.1}",
        "the ends are exponents of e",
        "min: 1.00100050017, max: 1.10517091808",
    ),
    ("{value: null, distribution: constant}", "fails on null", None),
]


@pytest.mark.parametrize(("spec", "warning", "made"), WARNED, ids=lambda text: str(text)[:30])
def test_a_trap_is_a_warning_with_its_line(spec, warning, made):
    if made is None:
        with pytest.raises(UserError, match="missing"):
            of(spec)
        return
    found = of(spec)
    assert any(note.startswith("warning: ") and warning in note for note in found.notes), found.notes
    assert made in found.text


LOST = [
    ("{distribution: normal}", "normal distribution (0, 1)", "{min: -2.0, max: 2.0}"),
    ("{values: [a, b], probabilities: [0.9, 0.1]}", "unequal probabilities", "[a, b]"),
    ("{values: [a, b, a]}", '"a" is listed more than once', "[a, b]"),
    ("{distribution: beta, a: 2}", "beta distribution (2, 1)", "{min: 0.0, max: 1.0}"),
    (
        "{distribution: q_log_uniform_values, min: 8, max: 64, q: 8}",
        "multiples of 8",
        "min: 8.0, max: 64.0, scale: log",
    ),
    ("{distribution: int_uniform, min: 1, max: 3, hint: x}", "hint means nothing", "{min: 1, max: 3}"),
]


@pytest.mark.parametrize(("spec", "lost", "made"), LOST, ids=lambda text: text[:30])
def test_what_cannot_be_said_is_refused_by_name_or_replaced_by_consent(spec, lost, made):
    found = of(spec)
    assert [lost in loss.message for loss in found.losses] == [True]
    assert made in found.text
    assert f"# - {found.losses[0].where}: " in found.text
    text = "run_cap: 5\n" + WANDB.format(method="random", spec=spec)
    with pytest.raises(UserError) as refused:
        carried(text, tool="wandb", file="w.yaml", lossy=False)
    assert lost in str(refused.value)
    assert "w.yaml:6:" in str(refused.value)


NOT_LOST = [
    "{values: [a, b], probabilities: [0.5, 0.5]}",
    "{distribution: beta, a: 1, b: 1}",
    "{distribution: q_log_uniform_values, min: 1, max: 64, q: 1}",
    "{distribution: inv_log_uniform_values, min: 1, max: 64}",
]


@pytest.mark.parametrize("spec", NOT_LOST)
def test_what_only_looks_like_a_loss_is_carried(spec):
    assert of(spec).losses == ()


WRONG = [
    ("grid", "{min: 0.0, max: 1.0}", "W&B runs no grid over uniform"),
    ("random", "{min: 5, max: 1}", "min 5 is above max 1"),
    ("random", "{distribution: gaussian, mu: 1}", "W&B has no distribution gaussian"),
    ("random", "{distribution: log_uniform_values, min: 0, max: 1}", "a log scale starts above 0"),
    ("random", "{min: 1}", "expected value, values, or min and max"),
    ("random", "{distribution: uniform, min: 1}", "missing"),
    ("random", "{values: []}", "at least one value"),
    ("random", "7", "expected keys and values"),
    ("random", "{values: [a, b], probabilities: [1]}", "expected one for each of the 2 values"),
]


@pytest.mark.parametrize(("method", "spec", "message"), WRONG, ids=lambda text: text[:30])
def test_what_wandb_itself_refuses_is_an_error_with_its_line(method, spec, message):
    with pytest.raises(UserError) as refused:
        of(spec, method)
    assert message in str(refused.value)
    assert "w.yaml:" in str(refused.value)


BOMB = "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(12)
)
HOSTILE = {
    "a bomb": BOMB,
    "code": "method: grid\nparameters: {a: {values: [!!python/object/apply:os.system [id]]}}\n",
    "depth": "[" * 5000,
    "deep keys": "".join(f"{'  ' * i}a:\n" for i in range(60)),
    "nothing": "",
    "a number": "7",
    "null": "null",
    "bytes": "\x00\x01",
    "a long number": f"method: grid\nparameters: {{a: {{values: [{'9' * 5000}]}}}}\n",
    "infinity": "method: random\nparameters: {a: {min: .inf, max: .nan}}\n",
    "brackets": "x=" + "[" * 3000,
    "calls": "x=" + "int(" * 300 + "1" + ")" * 300,
    "a wide range": "x=range(0,1e300)",
    "a huge product": "[" + ",".join(['{"a": [1,2,3,4,5,6,7,8,9,0], "b": [1,2,3,4,5,6,7,8,9,0]}'] * 300) + "]",
    "an open quote": '{"a": "',
    "too large": " " * (LARGEST + 1),
}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_file_makes_an_import_run_away_or_run_anything(tool, text):
    begun = time.monotonic()
    with contextlib.suppress(UserError):
        carried(text, tool=tool, file="f", lossy=True)
    assert time.monotonic() - begun < 20


def test_a_file_of_megabytes_is_no_sweep():
    with pytest.raises(UserError, match="larger than 4 MB"):
        carried(HOSTILE["too large"], tool="csv", file="f", lossy=True)


def test_tags_that_make_objects_are_refused_and_those_of_plain_values_are_read():
    with pytest.raises(UserError, match=r"the tag !!python/object/apply:os\.system is not allowed"):
        carried(HOSTILE["code"], tool="wandb", file="f", lossy=True)
    assert 'a: [1.0e-05, "3"]' in of("{values: [!!float 1e-5, !!str 3]}").text
    with pytest.raises(UserError, match="'x' is no !!int"):
        of("{values: [!!int x]}")


def test_a_parameter_of_katib_that_no_command_gets_is_a_warning():
    text = (HERE / "katib" / "random.yaml").read_text()
    found = carried(text, tool="katib", file="k.yaml", lossy=True)
    assert [note for note in found.notes if "the command never receives it" in note and "forgotten" in note]


def test_what_is_given_twice_is_told_with_both_lines():
    with pytest.raises(UserError, match="given twice, first in line 1"):
        carried('{"a": [1, 2],\n "[a,b]": [[1, 2], [3, 4]]}', tool="caliban", file="f", lossy=True)
    with pytest.raises(UserError, match="given twice"):
        carried("a=1,2 a=3", tool="hydra", file="f", lossy=True)


def test_a_tag_of_python_is_refused_on_a_scalar_as_well():
    with pytest.raises(UserError, match="is not allowed"):
        of("{values: [!!python/name:os.getcwd x]}")


def test_a_list_of_points_that_nobody_would_run_is_refused():
    with pytest.raises(UserError, match="more than 20000 points"):
        carried(HOSTILE["a huge product"], tool="caliban", file="f", lossy=True)


def test_a_single_level_is_the_middle_at_determined():
    text = (
        "searcher: {name: grid, metric: x}\nhyperparameters: {a: {type: int, minval: 1, maxval: 4, count: 1}, "
        "b: {type: double, minval: 1, maxval: 2, count: 1}, c: {type: log, minval: -4, maxval: -2, count: 1}}\n"
    )
    found = carried(text, tool="determined", file="f", lossy=True)
    assert "a: [3]\n  b: [1.5]\n  c: [0.001]" in found.text


def _grid_of(kind):
    return f"searcher: {{name: grid, metric: x}}\nhyperparameters: {{a: {kind}}}\n"


def _katib(method, space):
    return (
        f"kind: Experiment\nspec:\n  algorithm: {{algorithmName: {method}}}\n  objective: {{objectiveMetricName: x}}\n"
        f"  parameters:\n  - {{name: a, parameterType: double, feasibleSpace: {space}}}\n"
    )


_WIDE = "a{}: {{type: range, min: 0, max: 90000, step: 1}}"
TOO_MANY = [
    ("wandb", WANDB.format(method="grid", spec="{distribution: q_uniform, min: 0, max: 1000000000000, q: 1}")),
    ("seml", "grid: {a: {type: uniform, min: 0, max: 1, num: 100000000000}}"),
    ("seml", "grid: {a: {type: loguniform, min: 1, max: 2, num: 100000000000}}"),
    ("seml", "grid: {a: {type: range, min: 0, max: 10000000, step: 1}}"),
    ("seml", f"grid:\n  {_WIDE.format(1)}\n  {_WIDE.format(2)}\n"),
    (
        "seml",
        "random: {samples: 100000000000, a: {type: uniform, min: 0, max: 1}}\ngrid: {b: {type: choice, options: [1]}}",
    ),
    ("determined", _grid_of("{type: double, minval: 0, maxval: 1, count: 100000000000}")),
    ("determined", _grid_of("{type: int, minval: 0, maxval: 100000000000, count: 100000000000}")),
    ("katib", _katib("grid", "{min: '0', max: '100000000000', step: '1'}")),
    ("hydra", "a=range(0,100000000000)"),
    ("hydra", "a=range(0,90000) b=range(0,90000)"),
]


@pytest.mark.parametrize(("tool", "text"), TOO_MANY, ids=lambda text: text[:40])
def test_a_few_words_that_stand_for_more_values_than_anybody_runs_are_refused(tool, text):
    with pytest.raises(UserError, match=r"more than \d+ (values|points)") as refused:
        carried(text, tool=tool, file="f", lossy=True)
    assert len(str(refused.value).splitlines()) <= 2, "one complaint, and what to try"


_HUGE = "9" * 309
NO_RANGE = [
    ("wandb", WANDB.format(method="random", spec="{distribution: q_uniform, min: 0, max: 1, q: 0}"), "above 0"),
    ("wandb", WANDB.format(method="grid", spec="{distribution: q_uniform, min: 0, max: 1, q: 0}"), "above 0"),
    ("wandb", WANDB.format(method="random", spec="{distribution: q_beta, a: 1, b: 1, q: 0}"), "above 0"),
    ("wandb", WANDB.format(method="random", spec="{distribution: q_uniform, min: 0, max: 1e300, q: 1e-300}"), "no end"),
    ("nni", '{"a": {"_type": "quniform", "_value": [0, 1e300, 1e-300]}}', "no end"),
    ("katib", _katib("random", "{min: '-1e308', max: '1e308', step: '1'}"), "makes no range"),
    ("katib", _katib("random", "{min: '0', max: '1e999'}"), "expected a number"),
    ("hydra", f"a=range(0,{_HUGE})", "expected a number"),
]


@pytest.mark.parametrize(("tool", "text", "message"), NO_RANGE, ids=lambda text: text[-40:])
def test_a_range_that_no_number_can_count_is_an_error(tool, text, message):
    with pytest.raises(UserError, match=message):
        carried(text, tool=tool, file="f", lossy=True)


def test_what_is_no_count_or_step_at_seml_is_told_once():
    for spec, message in [
        ("{type: uniform, min: 0, max: 1, num: -3}", "num: expected a whole number from 1, got -3"),
        ("{type: range, min: 0, max: 1, step: 0}", "step: a range does not move on by 0"),
        ("{type: range, min: 0, max: 1}", "step: missing"),
        ("{type: uniform, min: 0, max: 1}", "num: missing"),
    ]:
        with pytest.raises(UserError) as refused:
            carried(f"grid: {{a: {spec}}}", tool="seml", file="f", lossy=True)
        assert message in str(refused.value)
        assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("text", ["program: t.py\nmethod: grid\nparameters: {a: {values: [1]}}\n", "[1, 2]", "7"])
def test_what_is_no_search_space_of_nni_is_told_once(text):
    with pytest.raises(UserError) as refused:
        carried(text, tool="nni", file="f", lossy=True)
    assert str(refused.value).startswith("f:1:1: this is neither a search space of NNI nor a config")
    assert len(str(refused.value).splitlines()) == 2
    with pytest.raises(UserError, match=r"b\._type: missing$"):
        carried('{"a": {"_type": "choice", "_value": [1]}, "b": {"_value": [1]}}', tool="nni", file="f", lossy=True)


def test_a_decimal_comma_in_a_table_is_a_warning_with_its_line_once_for_each_column():
    found = carried("lr;batch\n0.5;16\n0,1;16\n0,01;32\n", tool="csv", file="t.csv", lossy=True)
    told = [note for note in found.notes if note.startswith("warning: ")]
    assert "decimal comma" not in carried('x,hidden\n1,"64,32"\n', tool="csv", file="t.csv", lossy=True).text
    assert told == ["warning: t.csv:3:1: lr: 0,1 has a decimal comma: it is passed as text; a number is 0.1"]


FILLED_IN = [
    ("wandb", WANDB.format(method="grid", spec='{values: ["run_{seed}", "{job_dir}/x", plain]}'), "f:5:", 2),
    ("csv", "b,a\n1,x\n2,{trial}\n", "f:3:3: a: ", 1),
    ("caliban", '{"[a,b]": [["{sweep}", 1], ["x", 2]]}', "f:1:14: a: ", 1),
    ("seml", "# {seed}\ngrid: {b: {type: choice, options: [1]}}\nfixed:\n  a: '{seed}'\n", "f:4:7: a: ", 1),
    ("wandb", WANDB.format(method="grid", spec='{values: ["{seeds}", "{x}"]}'), "", 0),
]


@pytest.mark.parametrize(
    ("tool", "text", "place", "count"), FILLED_IN, ids=["values", "a table", "together", "fixed", "none"]
)
def test_text_that_sweeper_would_fill_in_is_a_warning_with_its_line(tool, text, place, count):
    found = carried(text, tool=tool, file="f", lossy=True)
    told = [note for note in found.notes if "sweeper fills in {" in note]
    assert len(told) == count, found.notes
    assert all(note.startswith(f"warning: {place}") for note in told), told
