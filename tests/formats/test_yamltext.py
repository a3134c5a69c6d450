"""Whatever text a file holds, every reader of YAML takes it for that text."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sweeper.config.loader import compose
from sweeper.config.report import Report
from sweeper.formats.yamltext import comment, flow, scalar, yaml_text

WORDS = [
    # truth values and nothing, in YAML 1.1 and 1.2
    *("n", "y", "N", "Y", "no", "yes", "No", "YES", "on", "off", "On", "OFF", "true", "False", "null", "Null", "~", ""),
    # numbers of one or both, and what looks like one
    *("1", "-1", "+1", "1.0", "1.", ".5", "1e5", "1e-5", "1.0e+5", "012", "0o17", "0x1F", "0b1", "1_000", "1:30"),
    *("12:30:45", ".inf", "-.inf", ".nan", "inf", "nan", "NaN", "Infinity", "1e400", "--1", "0", "00", "9" * 30),
    # dates
    *("2026-01-01", "2026-01-01T00:00:00Z", "2026-1-1 1:1:1"),
    # signs of YAML's own
    *("=", "<<", "-", "- a", "?", "? a", ":", "a: b", "a:", ": a", "#", "a #b", "a#b", "&a", "*a", "!a", "!!str a"),
    *("|", ">", "%a", "@a", "`a`", "[a]", "{a}", "{a: b}", "a, b", "'a'", '"a"', "\\", "\\n", "---", "...", "'", '"'),
    # white space, and what ends a line somewhere
    *(
        " a",
        "a ",
        " ",
        "\t",
        "a\tb",
        "a\nb",
        "a\n",
        "\n",
        "a\r\nb",
        "a\x85b",
        "a\u2028b",
        "a\u2029b",
        "\u00a0",
        "\ufeffa",
    ),
    # other letters
    *("ä", "日本", "😀", "a\u0301", "\x7f", "\x1b[0m", "\x01", "\ud7ff", "\ufffd"),
    # a command line's own
    *("--x=1", "-1", "gs://b/x", "a/b", "a b", "$HOME", "64,32", "a" * 5000),
]
NUMBERS = [
    0,
    1,
    -1,
    10**15,
    2**63 - 1,
    -(2**63),
    0.0,
    0.1,
    -0.5,
    1e-5,
    1e-300,
    5e-324,
    1e16,
    1.5e300,
    1e22,
    123456.789,
    2.0,
]
OLD = ["n", "y", "Y", "N"]
"""PyYAML leaves these as text, against the letter of YAML 1.1; gcloud's reader does not."""


@pytest.mark.parametrize("word", WORDS, ids=ascii)
def test_a_word_is_text_to_every_reader(word):
    text = yaml_text({"a": word, "b": [word, {"c": word}], "d": {"e": [word] * 2}})
    wanted = {"a": word, "b": [word, {"c": word}], "d": {"e": [word] * 2}}
    assert yaml.safe_load(text) == wanted
    assert _ours(text) == wanted


@pytest.mark.parametrize("word", [*OLD, "no", "on", "1e5", "012", "1:30", "2026-01-01", "~", "=", ""])
def test_what_could_be_read_as_something_else_is_quoted(word):
    assert scalar(word) == f'"{word}"'


def test_plain_words_need_no_quotes():
    assert [scalar(word) for word in ("trainer.task", "UNIT_LOG_SCALE", "n1-standard-4", "nothing")] == [
        "trainer.task",
        "UNIT_LOG_SCALE",
        "n1-standard-4",
        "nothing",
    ]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_the_same_number_of_the_same_kind_to_every_reader(number):
    text = yaml_text({"a": number})
    assert yaml.safe_load(text) == {"a": number}
    assert type(yaml.safe_load(text)["a"]) is type(number)
    if abs(number) < 2**64:
        assert _ours(text) == {"a": number}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), None])
def test_what_no_service_takes_is_not_written(number):
    with pytest.raises(TypeError):
        scalar(number)


@given(
    st.recursive(
        st.text() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner),
        max_leaves=20,
    )
)
def test_any_document_is_read_as_it_was_written(value):
    text = yaml_text({"document": value})
    assert yaml.safe_load(text) == {"document": value}
    assert yaml.safe_load(flow({"document": value})) == {"document": value}


@given(st.text())
def test_a_comment_ends_where_it_should(text):
    assert yaml.safe_load(comment(text) + "a: 1") == {"a": 1}


@pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not on the PATH")
def test_gclouds_own_reader_takes_every_word_for_text_and_every_number_for_its_value(tmp_path):
    document = {"words": WORDS, "numbers": NUMBERS, "names": [{"parameterName": word} for word in WORDS]}
    (tmp_path / "all.yaml").write_text(yaml_text(document), encoding="utf-8")
    lib = Path(shutil.which("gcloud")).resolve().parents[1] / "lib"
    code = (
        f"import sys, json; sys.path[:0] = [{str(lib)!r}, {str(lib / 'third_party')!r}]\n"
        "from googlecloudsdk.core import yaml\n"
        f"print(json.dumps(yaml.load_path({str(tmp_path / 'all.yaml')!r})))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore::SyntaxWarning", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "MantissaNoDot" not in done.stderr
    assert json.loads(done.stdout) == document


def _ours(text):
    """As sweeper reads YAML, which is of version 1.2."""
    report = Report("file")
    root = compose(text, report)
    assert not report, report.error()
    return _plain(root)


def _plain(node):
    if hasattr(node, "entries"):
        return {key: _plain(entry.node) for key, entry in node.entries.items()}
    return [_plain(one) for one in node.items] if hasattr(node, "items") else node.value
