"""The editor's schema and the checks come from one list of keys, and agree with each other and with the model."""

from __future__ import annotations

import dataclasses
import json

import pytest
from broken_configs import TABLE, P
from test_config_parse import CONFIGS, FULL

from sweeper.config import parse
from sweeper.config.jsonschema import json_schema
from sweeper.config.kinds import (
    Duration,
    Fields,
    Forms,
    ListOf,
    MapOf,
    Money,
    Number,
    Plain,
    Text,
    Truth,
    Whole,
    Word,
)
from sweeper.config.schema import LATER_BACKENDS, METHODS, every_key
from sweeper.errors import ConfigError
from sweeper.model import CloudSettings, EarlyStopping, Limits, LocalSettings, Metric, Repeats, StopWhen, Sweep, Trainer


def schema_keys(schema, path=""):
    """Dotted paths of all properties of a JSON Schema, spelt as every_key spells them."""
    for key, inner in schema.get("properties", {}).items():
        here = f"{path}.{key}" if path else key
        yield here
        yield from schema_keys(inner, here)
    for option in schema.get("anyOf", []):
        yield from schema_keys(option, path)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from schema_keys(schema["additionalProperties"], f"{path}.<name>")
    if isinstance(schema.get("items"), dict):
        yield from schema_keys(schema["items"], f"{path}[]")


def test_the_schema_has_exactly_the_keys_that_the_checks_know():
    known = [path for path, _ in every_key()]
    listed = [path.replace("metric.", "metric[].") for path in known if path.startswith("metric.")]  # one, or several
    assert sorted(schema_keys(json_schema())) == sorted([*known, *listed])


def test_every_key_is_explained():
    assert not [path for path, key in every_key() if not key.doc.endswith(".")]
    assert not [path for path, key in every_key() if len(key.doc) < 12]


def test_the_schema_is_plain_json():
    assert json.loads(json.dumps(json_schema())) == json_schema()


def test_every_key_that_is_not_built_yet_is_refused_by_name():
    later = [path for path, key in every_key() if key.kind is None]
    assert later == []
    for path in later:
        with pytest.raises(ConfigError, match=f"{path}: not available yet") as caught:
            parse(f"trainer: t\nparameters: {{a: 1}}\n{path}: x\n", path="x.yaml")
        assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("key", "word"),
    [("method", word) for word in METHODS.later] + [("backend", word) for word in LATER_BACKENDS],
)
def test_a_word_that_is_not_built_yet_is_refused_by_name(key, word):
    with pytest.raises(ConfigError, match=f"{key}: {word} is not available yet"):
        parse(P + f"  a: 1\n{key}: {word}\n", path="x.yaml")


def test_the_defaults_that_are_documented_are_those_of_the_model():
    documented = {path: key.default for path, key in every_key() if key.default is not None}
    model = {
        **defaults(Sweep, "", "method seed order algorithm backend"),
        "stop_when.min_delta": StopWhen(1).min_delta,
        **defaults(Trainer, "trainer.", "usage"),
        **defaults(Metric, "metric.", "name goal reduce"),
        "metric.from": Metric().source,
        "metric": Metric().name,
        "repeats": Repeats().count,
        "repeats.count": Repeats().count,
        "repeats.parameter": "seed",
        "limits.retries": Limits().retries,
        "limits.retries.transient": Limits().retries,
        "limits.retries.code": Limits().code_retries,
        **defaults(EarlyStopping, "early_stopping.", "rule min_steps reduction resumes min_trials min_delta"),
        **defaults(LocalSettings, "local.", "slots trials_per_gpu warm"),
        "parameters.<name>.scale": "linear",
        **defaults(CloudSettings, "mlengine.", "creates_per_minute"),
        **defaults(CloudSettings, "vertex.", "creates_per_minute spot"),
        **{f"{path}.accelerator.count": CloudSettings().accelerators for path in ("mlengine", "vertex")},
        "vertex.worker_pools[].accelerator.count": CloudSettings().accelerators,
        "vertex.worker_pools[].replicas": 1,
        "vertex.restart_on_worker_restart": False,
        "vertex.web_access": False,
    }
    assert documented == model


def defaults(kind, prefix, names):
    return {f"{prefix}{field.name}": field.default for field in dataclasses.fields(kind) if field.name in names.split()}


def plain(text):
    """The text as an editor's plugin reads it: by YAML 1.2, to plain dicts and lists."""
    from sweeper.config.loader import compose
    from sweeper.config.nodes import Mapping, Scalar
    from sweeper.config.report import Report

    def value(node):
        if isinstance(node, Scalar):
            return node.value
        if isinstance(node, Mapping):
            return {key: value(entry.node) for key, entry in node.entries.items()}
        return [value(item) for item in node.items]

    report = Report("x.yaml")
    root = compose(text, report)
    return None if report or root is None else value(root)


@pytest.mark.parametrize("text", [FULL, *(path.read_text() for path in CONFIGS)])
def test_what_the_checks_accept_the_schema_accepts(text):
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft7Validator.check_schema(json_schema())
    jsonschema.Draft7Validator(json_schema()).validate(plain(text))


REQUIRED = {
    "points[]": {},
    "stop_when": {"no_improvement": 3},
    "repeats": {"count": 2},
    "trainer": {"module": "t"},
}


def wrong_values(kind):
    """Of each class of error that one value can be, one; what any form of the key takes is not among them."""
    match kind:
        case Text(pattern=pattern, numbers=numbers):
            yield from [[1], {"a": 1}, True, None]
            yield from [] if numbers else [3]
            yield from ["-- no --"] if pattern else []
        case Word():
            yield from ["nonsense", 3, None]
        case Whole(least=least, most=most):
            yield from [least - 1, 1.5, "many", True, None]
            yield from [] if most is None else [most + 1]
        case Number(above=above):
            yield from ["many", True, None]
            yield from [] if above is None else [above]
        case Duration() | Money():
            yield from ["soon", -1, 0, True]
        case Truth():
            yield from ["maybe", 1]
        case Plain():
            yield from [{"a": 1}]
        case ListOf(least=least):
            yield from ["word", {"a": 1}]
            yield from [[]] if least else []
        case MapOf(least=least):
            yield from [3, {"no name!": 1}]
            yield from [{}] if least else []
        case Forms(scalar=scalar, sequence=sequence, mapping=mapping):
            forms = [one for one in (scalar, sequence, mapping) if one is not None]
            every = [list(wrong_values(one)) for one in forms]
            others = [one for values in every for one in values]
            yield from (one for one in others if not any(takes(form, one) for form in forms))
        case Fields():
            yield from [3, [1], {"no_such_key": 1}]


def takes(kind, value):
    """Whether the shape of the value is that of the kind, whatever is in it."""
    match kind:
        case Forms():
            return any(takes(one, value) for one in (kind.scalar, kind.sequence, kind.mapping) if one is not None)
        case Fields() | MapOf():
            return isinstance(value, dict) and "no_such_key" not in value and "no name!" not in value and value != {}
        case ListOf():
            return isinstance(value, list) and value != []
        case Plain():
            return not isinstance(value, dict)
        case Text():
            return isinstance(value, str) and not (kind.pattern and " " in value)
        case Whole():
            return type(value) is int and value >= kind.least
        case _:
            return False


def placed(path, value):
    """A config in which the key of that path has the value."""
    tree = {"trainer": "t", "parameters": {"a": 1}}
    *outer, last = path.replace("[]", ".[]").split(".")
    here = tree
    for at, word in enumerate(outer):
        inner = [] if outer[at + 1 : at + 2] == ["[]"] else dict(REQUIRED.get(word, {}))
        if word == "[]":
            here.append({})
            here = here[0]
        else:
            name = "x" if word == "<name>" else word
            here[name] = inner if not isinstance(here.get(name), dict) else here[name]
            here = here[name]
    here["x" if last == "<name>" else last] = value
    return tree


@pytest.mark.parametrize(("path", "key"), list(every_key()), ids=[path for path, _ in every_key()])
def test_every_wrong_value_of_a_key_is_refused_by_the_schema_and_by_the_checks(path, key):
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft7Validator(json_schema())
    values = list(wrong_values(key.kind))
    assert values
    for value in values:
        tree = placed(path, value)
        assert not validator.is_valid(tree), (path, value)
        with pytest.raises(ConfigError):
            parse(json.dumps(tree), path="x.yaml")


@pytest.mark.parametrize("path", [path for path, key in every_key() if key.required])
def test_a_key_that_must_be_there_is_missed_by_the_schema_and_by_the_checks(path):
    jsonschema = pytest.importorskip("jsonschema")
    tree = placed(path, 1)
    here = tree
    for word in path.replace("[]", ".[]").split(".")[:-1]:
        here = here[0] if word == "[]" else here[word]
    del here[path.split(".")[-1]]
    here["x"] = 1  # not empty, which would be another error
    assert "is a required property" in " ".join(
        found.message
        for error in jsonschema.Draft7Validator(json_schema()).iter_errors(tree)
        for found in [error, *error.context]
    )
    with pytest.raises(ConfigError):
        parse(json.dumps(tree), path="x.yaml")


def test_the_schema_refuses_most_of_what_the_checks_refuse():
    """Rules across keys are beyond a JSON Schema; unknown keys, wrong kinds and wrong words are not."""
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft7Validator(json_schema())
    broken = [tree for text, _, _ in TABLE if (tree := plain(text)) is not None]
    refused = [tree for tree in broken if not validator.is_valid(tree)]
    assert len(refused) > len(broken) / 2
