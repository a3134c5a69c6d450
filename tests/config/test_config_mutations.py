"""Whatever becomes of a good config, it stays a sweep or gets a clear list of problems, never another exception."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sweeper.config import parse
from sweeper.errors import ConfigError
from sweeper.model import Sweep

GOOD = [
    """\
name: digits
trainer: {module: trainer.task, requires: [docopt], env: {A: b}}
method: grid
order: shuffled
repeats: {count: 2, parameter: seed}
metric: {name: accuracy, from: stdout, pattern: 'acc=(?P<value>.*)'}
parameters:
  data: "{job_dir}/x"
  hidden_units: ["64", "64,32"]
  rate: {min: 1e-4, max: 1e-1, scale: log, num: 4}
  epochs: {min: 2, max: 8, step: 2}
  optimizer: [sgd, adam]
  momentum: {min: 0, max: 0.99, num: 3, when: {optimizer: sgd}}
together: [{width: [64, 128], depth: [2, 1]}]
exclude: [{optimizer: sgd, width: [64, 128]}]
constraints: ["width * depth <= 512"]
limits: {parallel: 4, timeout: 1h30m, retries: {code: 2}, hours: 5}
local: {slots: gpu, warm: never}
vertex: {region: us-central1, bucket: gs://my-bucket/x, spot: true, disk: {size_gb: 100}, price: 2 USD}
mlengine: {scale_tier: CUSTOM, master_type: n1-standard-4, accelerator: {type: NVIDIA_TESLA_T4, count: 2}}
stage: [data/x.csv]
""",
    """\
trainer: trainer.task
method: list
parameters: {data: x}
points:
  - {lr: 0.1, units: [1, 2]}
  - {lr: 0.2}
""",
    """\
trainer: t
method: sobol
trials: 8
seed: 3
parameters:
  a: &a {min: 1, max: 9}
  b: {<<: *a, scale: log}
  c: {distribution: q_uniform, min: 0, max: 1, q: 0.1}
""",
]
TOKENS = [
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "-",
        "\t",
        "\n",
        " ",
        "'",
        '"',
        "#",
        "&a ",
        "*a",
        "!!python/name:os",
        "---\n",
        "? ",
    ),
    *(
        "null",
        "true",
        "~",
        "010",
        "1e999",
        ".nan",
        "-.inf",
        "1_000",
        "32k",
        "9" * 99,
        "1e-400",
        "0x",
        "<<: *a",
        "\0",
        "\ud800",
    ),
    *(
        "values",
        "min",
        "max",
        "num",
        "step",
        "when",
        "method",
        "points",
        "cost",
        "trainer",
        "distribution",
        "é",
        "\x85",
        "\u2028",
    ),
    *("[]", "{}", "{a}", "1e308", "-1", "0", "0.0", "|", ">", "|\n", "\r", "\ufeff", "%YAML 9.9\n", "\\", "@", "`"),
]
WORD = re.compile(r"[\w.\-]+")


@st.composite
def mutated(draw):
    text = draw(st.sampled_from(GOOD))
    for _ in range(draw(st.integers(1, 4))):
        text = draw(st.sampled_from([_lines, _insert, _word, _cut]))(draw, text)
    return text


def _lines(draw, text):
    lines = text.splitlines(keepends=True) or [""]
    i, j = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    kind = draw(st.sampled_from(["delete", "double", "move", "indent"]))
    if kind == "delete":
        del lines[i]
    elif kind == "double":
        lines.insert(j, lines[i])
    elif kind == "move":
        lines.insert(j, lines.pop(i))
    else:
        lines[i] = draw(st.sampled_from(["  ", "\t", "- "])) + lines[i]
    return "".join(lines)


def _insert(draw, text):
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(TOKENS) | st.text(max_size=3)) + text[at:]


def _word(draw, text):
    words = list(WORD.finditer(text))
    if not words:
        return text
    one = draw(st.sampled_from(words))
    new = draw(st.sampled_from(TOKENS) | st.sampled_from([word[0] for word in words]) | st.floats().map(str))
    return text[: one.start()] + new + text[one.end() :]


def _cut(draw, text):
    i, j = sorted(draw(st.integers(0, len(text))) for _ in range(2))
    return text[:i] + text[min(j, i + 30) :]


def problems(text):
    try:
        assert isinstance(parse(text, path="sweep.yaml"), Sweep)
    except ConfigError as error:
        return error.problems
    return None


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated() | st.text(max_size=60))
def test_a_changed_config_is_a_sweep_or_a_list_of_clear_problems(text):
    found = problems(text)
    if found is None:
        return
    assert found
    places = [re.fullmatch(r"sweep\.yaml:(\d+):(\d+)", problem.where).groups() for problem in found]
    places = [(int(line), int(column)) for line, column in places]
    assert places == sorted(places)
    assert all(1 <= line <= len(text) + 1 and 1 <= column <= len(text) + 1 for line, column in places)
    assert all(problem.message.strip() for problem in found)
