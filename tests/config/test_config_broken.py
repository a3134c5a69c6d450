"""What is said about configs that cannot be used."""

from __future__ import annotations

import pytest
from broken_configs import TABLE, P, T

from sweeper.config import load, parse, read
from sweeper.errors import ConfigError


def problems(text):
    with pytest.raises(ConfigError) as caught:
        parse(text, path="sweep.yaml")
    return caught.value.problems


@pytest.mark.parametrize(("text", "said", "hint"), TABLE)
def test_each_broken_config_is_told_where_and_how_to_mend_it(text, said, hint):
    (problem,) = problems(text)
    first, *rest = str(problem).split("\n")
    assert first.startswith(f"sweep.yaml:{said}")
    assert problem.hint.startswith(hint)
    assert rest == ([f"  {problem.hint}"] if problem.hint else [])


def test_the_table_of_broken_configs_keeps_its_size():
    assert len(TABLE) >= 210
    assert len({text for text, _, _ in TABLE}) == len(TABLE)


def test_all_problems_are_told_at_once_in_the_order_of_the_file():
    text = """\
exclude: [{optimizer: sgdd}]
trainer: {module: trainer/task.py, image: X}
method: gird
parameters:
  batch_size: {min: 1, max: 32k, num: 2}
  hidden_units: [010, 64, 64]
  batch_size: 3
  out: {job_dir}
  optimizer: [sgd, adam]
limits: {parallell: 4, timeout: 1:30, cost: 20 EUR}
metrics: accuracy
"""
    found = [(problem.where.removeprefix("sweep.yaml:"), problem.path) for problem in problems(text)]
    assert found == [
        ("1:23", "exclude[0].optimizer"),
        ("2:19", "trainer.module"),
        ("2:43", "trainer.image"),
        ("3:9", "method"),
        ("5:29", "parameters.batch_size.max"),
        ("6:18", "parameters.hidden_units[0]"),
        ("7:3", "parameters.batch_size"),
        ("8:8", "parameters.out"),
        ("10:10", "limits.parallell"),
        ("10:33", "limits.timeout"),
        ("10:45", "limits.cost"),
        ("11:1", "metrics"),
    ]


def test_one_mistake_is_not_told_twice_in_other_words():
    text = P + "  a: [1, 010]\n  b: {values: [x], when: {a: [10, 3]}}\nexclude: [{a: 8}]\nconstraints: [a > 1]\n"
    assert [problem.path for problem in problems(text)] == ["parameters.a[1]"]


def test_a_value_in_braces_that_goes_on_is_told_to_be_quoted_whole():
    braces, syntax = problems(P + "  a: {job_dir}/x\n")
    assert braces.hint == 'text in braces needs quotes: "{job_dir}"'
    assert syntax.hint == "if it is text, put quotes around all of it"


def test_nested_aliases_cannot_fill_the_memory():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12))
    assert "aliases make more than 100000 copies" in str(problems(bomb)[0])


def test_a_list_without_end_of_brackets_cannot_fill_the_stack():
    # The parser in C may have a limit of its own, which it meets while it looks ahead.
    assert "nest" in str(problems("a: " + "[" * 100_000)[0])
    assert "nest" in str(problems("a: " + "{b: " * 100_000)[0])


def test_a_backend_that_is_installed_is_no_longer_refused():
    assert parse(P + "  a: 1\nbackend: slurm\n", path="x.yaml", backends=("local", "slurm")).backend == "slurm"
    with pytest.raises(ConfigError, match="expected local or fake, got 'moon'"):
        parse(P + "  a: 1\nbackend: moon\n", path="x.yaml", backends=("local", "fake"))


def test_what_a_backend_cannot_do_is_told_also_where_the_command_line_names_it():
    text = "trainer: {module: t, env: {A: b}}\nparameters: {a: 1}\n"
    assert parse(text, path="x.yaml", backend="vertex").backend == "vertex"
    assert parse(text.replace("module: t", "module: t, image: i"), path="x.yaml", backend="mlengine")
    with pytest.raises(ConfigError, match="ML Engine cannot set environment variables"):
        parse(text, path="x.yaml", backend="mlengine")


def test_a_missing_file_is_told_with_the_nearest_name(tmp_path):
    (tmp_path / "digits.yaml").write_text(T)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "digit.yaml")
    assert str(caught.value) == f"{tmp_path}/digit.yaml: no such file\n  did you mean digits.yaml?"
    with pytest.raises(ConfigError, match="there is no folder"):
        read(tmp_path / "no" / "digits.yaml")


def test_a_folder_is_told_to_be_one(tmp_path):
    (tmp_path / "digits.yaml").write_text(T)
    with pytest.raises(ConfigError, match="expected a file, got a folder") as caught:
        read(tmp_path)
    assert caught.value.problems[0].hint == f"did you mean {tmp_path / 'digits.yaml'}?"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"trainer: t\nname: caf\xe9\n", "x.yaml:2:10: expected UTF-8 text, got the byte 0xe9"),
        ("trainer: t\n".encode("utf-16"), "x.yaml:1:1: expected UTF-8 text, got the byte 0xff"),
    ],
)
def test_other_encodings_are_refused_at_the_byte_that_shows_it(tmp_path, data, said):
    (tmp_path / "x.yaml").write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        read(tmp_path / "x.yaml")
    assert said in str(caught.value)


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "/dev/null/x"])
def test_a_path_that_no_file_can_have_is_said_clearly(path):
    with pytest.raises(ConfigError):
        read(path)
