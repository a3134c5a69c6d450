"""``sweeper schema``, and the line by which an editor finds the schema in configs that are written."""

from __future__ import annotations

import json
import re
import shutil

import pytest
import yaml
from command_lab import ROOT

from sweeper.commands.starting.editors import FILE, LINE

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))


def tree_of(path):
    """As an editor reads it, by YAML 1.2: PyYAML takes 1e-3 for text."""
    return yaml.safe_load(re.sub(r"\b(\d+)e-", r"\1.0e-", path.read_text()))


def schema_that_is_named(path):
    """What an editor loads for the file: the path on its first line is relative to the file."""
    first = path.read_text().splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    return json.loads((path.parent / first.partition("=")[2]).read_text())


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_a_shipped_config_names_its_schema_and_is_valid_by_it(path):
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft7Validator(schema_that_is_named(path)).validate(tree_of(path))


def test_the_schema_is_printed_or_written_and_is_the_same(lab):
    printed = lab.run("schema")
    assert (printed.code, printed.err) == (0, "")
    assert lab.run("schema", "--output=s.json") == (0, "", "wrote s.json\n")
    assert (lab.folder / "s.json").read_text() == printed.out
    assert lab.run("schema", "--output=s.json", "--json").json == {"file": "s.json"}
    assert printed.json["properties"]["method"]["enum"][0] == "grid"
    assert lab.run("schema", "--output=no/such/s.json").code == 2


def test_what_init_writes_has_its_schema_beside_it_and_is_valid_by_it(lab):
    jsonschema = pytest.importorskip("jsonschema")
    shutil.copytree(ROOT / "trainer", lab.folder / "trainer")
    (lab.folder / "sweeps").mkdir()
    assert lab.run("init", "--output=sweeps/a.yaml").code == 0
    made = lab.folder / "sweeps" / "a.yaml"
    assert made.read_text().startswith(LINE)
    jsonschema.Draft7Validator(schema_that_is_named(made)).validate(tree_of(made))
    assert lab.run("plan", "sweeps/a.yaml").code == 0


def test_what_import_writes_too(lab):
    jsonschema = pytest.importorskip("jsonschema")
    lab.write("tuning.json", '{"hyperparameters": {"goal": "MAXIMIZE", "params": [' + AXIS + "]}}")
    said = lab.run("import", "tuning.json", "--output=made.yaml")
    assert said.code == 0, said.err
    made = lab.folder / "made.yaml"
    jsonschema.Draft7Validator(schema_that_is_named(made)).validate(tree_of(made))


AXIS = '{"parameterName": "x", "type": "INTEGER", "minValue": 1, "maxValue": 9}'


def test_what_is_printed_names_no_file_that_is_not_there(lab):
    assert LINE not in lab.run("init", "toy", "--output=-").out
    assert not (lab.folder / FILE).exists()


def test_an_old_schema_beside_is_replaced_and_a_folder_that_takes_none_is_no_error(lab):
    lab.write(FILE, "{}")
    assert lab.run("init", "toy").code == 0
    assert schema_that_is_named(lab.folder / "sweep.yaml") != {}
    (lab.folder / "closed").mkdir()
    (lab.folder / "closed" / FILE).mkdir()
    assert lab.run("init", "toy", "--output=closed/a.yaml").code == 0
    assert not (lab.folder / "closed" / "a.yaml").read_text().startswith(LINE)
