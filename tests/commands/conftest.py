"""The lab, in a folder of its own."""

import pytest
from command_lab import Lab


@pytest.fixture
def lab(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SWEEPER_HOME", raising=False)
    made = Lab(tmp_path, capsys)
    yield made
    made.leave()
