"""The editor's schema and the checks come from one list of keys, and agree with each other and with the model."""

from __future__ import annotations

import dataclasses
import json

import pytest
from broken_configs import TABLE, P
from test_config_parse import CONFIGS, FULL

from sweeper.config import parse
from sweeper.config.jsonschema import json_schema
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


def test_the_schema_refuses_most_of_what_the_checks_refuse():
    """Rules across keys are beyond a JSON Schema; unknown keys, wrong kinds and wrong words are not."""
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft7Validator(json_schema())
    broken = [tree for text, _, _ in TABLE if (tree := plain(text)) is not None]
    refused = [tree for tree in broken if not validator.is_valid(tree)]
    assert len(refused) > len(broken) / 2
