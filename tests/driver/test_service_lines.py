"""Every value of every parameter is tried in a command line of its own, as the service may spell it."""

from __future__ import annotations

from sweeper.config import parse
from sweeper.driver.asked import asked
from sweeper.driver.service_lines import completed, listed
from sweeper.formats.registry import FORMATS
from sweeper.formats.translate import translate
from sweeper.usage.binding import bind

CONFIG = """
trainer: {module: trainer.task, usage: none}
method: service
trials: 4
parameters:
  epochs: 3
  units: ["64", "64,32"]
  batch-size: [32, 128]
  rate: [0.5, 1]
  layers: {min: 1, max: 5}
  lr: {min: 1e-4, max: 1, scale: log}
"""
BASE = ("--epochs=3", "--units=64", "--batch-size=32", "--rate=0.5", "--layers=1", "--lr=0.0001")


def made(text=CONFIG):
    sweep = parse(text, path="sweep.yaml")
    rendering = bind(None, [one.name for one in sweep.space.parameters], seed_parameter=None)
    return asked(sweep, sweep, translate(sweep, rendering, FORMATS["vertex"].can), rendering)


def test_each_value_is_tried_once_and_numbers_of_a_list_in_both_spellings():
    found = completed(made(), ())
    tried = {(line.option, line.text, line.certain) for line in found}
    assert tried == {
        ("--units", "64", True),
        ("--units", "64,32", True),
        ("--batch-size", "32.0", False),
        ("--batch-size", "128", True),
        ("--batch-size", "128.0", False),
        ("--rate", "1", True),
        ("--rate", "1.0", False),
        ("--layers", "5", True),
        ("--lr", "1.0", True),
    }
    assert {line.parameter for line in found} == {"units", "batch-size", "rate", "layers", "lr"}


def test_one_value_differs_and_what_the_service_appends_comes_last():
    lines = {line.argv for line in completed(made(), ("--job-dir", "gs://b/x"))}
    assert (*BASE, "--job-dir", "gs://b/x") in lines
    assert (*BASE[:2], "--batch-size=128.0", *BASE[3:], "--job-dir", "gs://b/x") in lines
    assert all(len(set(line) - set(BASE)) <= 3 for line in lines)


def test_a_parameter_below_another_is_tried_where_it_is_there():
    text = (
        "trainer: {module: trainer.task, usage: none}\nmethod: service\ntrials: 4\nparameters:\n  opt: [adam, sgd]\n"
        "  momentum: {min: 0.0, max: 0.5, when: {opt: sgd}}\n"
    )
    lines = [line.argv for line in completed(made(text), ())]
    assert ("--opt=adam",) in lines
    assert ("--opt=sgd", "--momentum=0.0") in lines
    assert ("--opt=sgd", "--momentum=0.5") in lines
    assert not [line for line in lines if "--opt=adam" in line and len(line) > 1]


def test_only_lists_of_whole_numbers_may_surprise_a_trainer():
    assert [(one.parameter, one.option, one.text) for one in listed(made())] == [("batch-size", "--batch-size", "32.0")]
