"""Each tool's files beside this one become the configs beside them, which sweeper itself can read."""

from __future__ import annotations

import pytest

from sweeper.config import parse
from sweeper.formats.foreign.registry import tool_of
from tests.formats.foreign.golden import config, files, made


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_becomes_the_config_beside_it(path):
    text = config(path)
    assert text == made(path).read_text()
    parse(text, path="sweep.yaml")


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_is_known_by_its_content(path):
    assert tool_of(path.name, path.read_text()) == path.parent.name
