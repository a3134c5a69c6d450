"""A docopt text as a schema: what docopt itself makes of it."""

from __future__ import annotations

import pytest
from usage_texts import FULL, schema_from

from sweeper.usage.schema import describe, nearest


def option(text, name):
    return next(option for option in schema_from(text).options if name in option.names)


def test_options_arguments_and_defaults_are_read():
    batch = option(FULL, "--batch_size")
    assert (batch.names, batch.takes_value, batch.default) == (("-b", "--batch_size"), True, "32")
    assert batch.help == "Examples per step"
    rate = option(FULL, "--learning-rate")
    assert (rate.default, rate.help) == ("0.1", "Step size of the optimizer")
    assert not option(FULL, "--use_bn").takes_value
    tag = option(FULL, "--tag")
    assert (tag.repeats, tag.described) == (True, False)
    data, more = schema_from(FULL).arguments
    assert (data.name, data.repeats, data.required) == ("<data>", False, True)
    assert (more.name, more.repeats, more.required) == ("<more>", True, False)


def test_commands_and_usage_lines_are_read():
    schema = schema_from("Usage:\n  task tcp <host> [--x=<x>]\n  task (udp | raw) [--fast]\n")
    assert sorted(schema.commands) == ["raw", "tcp", "udp"]
    first, second = schema.lines
    assert (first.text, first.order) == ("task tcp <host> [--x=<x>]", ("tcp", "<host>"))
    assert second.needs == (frozenset({"udp", "raw"}),)


def test_each_line_has_its_own_order():
    schema = schema_from("Usage:\n  task tcp <host> <port>\n  task serial <port> <host>\n")
    assert schema.order(frozenset({"tcp", "<host>", "<port>"})) == ("tcp", "<host>", "<port>")
    assert schema.order(frozenset({"serial", "<host>", "<port>"})) == ("serial", "<port>", "<host>")


FREE = [
    # an optional option that every line takes in its own brackets or by [options]
    ("Usage: task [--x=<x>]", True),
    ("Usage: task [--x=<x> --y]", True),
    ("Usage: task [options]\n\nOptions:\n  --x=<x>  X.\n", True),
    ("Usage:\n  task [options] a\n  task [options] b\n\nOptions:\n  --x=<x>  X.\n", True),
    ("Usage:\n  task [options]\n  task (-h | --help)\n\nOptions:\n  --x=<x>  X.\n", True),
    ("Usage: task ([--x=<x>])", True),
    ("Usage: task [[--x=<x>] --y]", True),
    # needed, or not taken by every line, or tied to something else
    ("Usage: task --x=<x>", False),
    ("Usage:\n  task [--x=<x>]\n  task b\n", False),
    ("Usage: task [(--x=<x> --y)]", False),
    ("Usage: task [--x=<x> | --y]", False),
    ("Usage: task ([--x=<x>] | [--y])", False),
    ("Usage: task [([--x=<x>] <y>)]", False),
    ("Usage: task [--x=<x>]...", False),
    ("Usage: task [--x=<x>] [--x=<x>]", False),
]


@pytest.mark.parametrize(("text", "free"), FREE)
def test_an_option_is_free_only_where_nothing_depends_on_it(text, free):
    assert option(text, "--x").free is free


WARNED = [
    # one space: the default is lost
    ("Usage: task [options]\n\nOptions:\n  --x=<x> X [default: 1]\n", "--x: docopt does not see its default"),
    # one space: a flag becomes an option with a value
    ("Usage: task [options]\n\nOptions:\n  --fast Be fast\n", "takes it for an option that takes a value"),
]


@pytest.mark.parametrize(("text", "warning"), WARNED)
def test_a_single_space_before_the_description_is_told_with_its_line(text, warning):
    (found,) = schema_from(text).warnings
    assert warning in found.message
    assert found.where == "task.py:4"


def test_a_good_text_has_no_warnings():
    assert not schema_from(FULL).warnings


def test_a_config_can_be_started_from_the_schema():
    found = {one.name: one for one in describe(schema_from(FULL))}
    assert list(found) == ["batch_size", "learning_rate", "hidden_units", "use_bn", "q", "n", "tag", "data", "more"]
    assert (found["batch_size"].kind, found["batch_size"].default) == ("option", "32")
    assert (found["use_bn"].kind, found["use_bn"].help) == ("flag", "Normalise.")
    assert (found["data"].kind, found["data"].required) == ("argument", True)


NEAREST = [
    ("learn", "learning_rate"),
    ("lr", "learning_rate"),
    ("batchsize", "batch_size"),
    ("Batch-Size", "batch_size"),
    ("optimiser", "optimizer"),
    ("zzz", None),
]


@pytest.mark.parametrize(("wrong", "right"), NEAREST)
def test_the_nearest_name_is_offered(wrong, right):
    assert nearest(wrong, ["learning_rate", "batch_size", "optimizer", "epochs"]) == right
