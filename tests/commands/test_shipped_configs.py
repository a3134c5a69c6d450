"""Every file in configs/ is planned, and one of each method is launched, smaller than it is."""

from __future__ import annotations

import re
import shutil

import pytest
import yaml
from command_lab import ROOT

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
BY_METHOD = {yaml.safe_load(path.read_text()).get("method", "grid"): path for path in reversed(CONFIGS)}


@pytest.fixture
def project(lab):
    for folder in ("trainer", "configs", "data"):
        shutil.copytree(ROOT / folder, lab.folder / folder)
    return lab


def test_there_is_one_of_each_method():
    from sweeper.search.registry import ADAPTIVE, METHODS

    assert set(BY_METHOD) == set(METHODS) - set(ADAPTIVE) | {"auto", "tpe"}  # the others are models, one by one


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_a_shipped_config_can_be_planned(project, path):
    found = project.run("plan", f"configs/{path.name}")
    assert (found.code, found.err) == (0, "")
    assert "(all of them checked)" in found.out
    # what its comments promise
    for count in re.findall(r"(\d+) (?:trials|in all)", path.read_text().split("\n\n")[0]):
        assert project.run("plan", f"configs/{path.name}", "--json").json["trials"] == int(count)


@pytest.mark.parametrize("method", BY_METHOD)
def test_one_of_each_method_is_launched(project, method):
    text = BY_METHOD[method].read_text()
    small = re.sub(r"^( *epochs:) .*", r"\1 1", text, flags=re.MULTILINE)
    small = re.sub(r"^ *where:.*\n", "", small, flags=re.MULTILINE)  # one epoch learns too little to meet conditions
    if "\nlimits:" not in small:
        small += "\nlimits:\n"
    project.write("small.yaml", small.replace("\nlimits:\n", "\nlimits:\n  trials: 2\n"))
    found = project.run("launch", "small.yaml", "--json")
    assert found.code == 1, found.err  # the limit
    assert "stopped at limits.trials" in found.err
    assert found.json["states"]["succeeded"] == 2
    assert found.json["best"]["metric"] is not None
