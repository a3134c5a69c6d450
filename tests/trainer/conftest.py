"""Every run here writes the tuning service's file into its own test's folder."""

from __future__ import annotations

import pytest
from trainer_runs import DATA

from trainer import task


@pytest.fixture(autouse=True)
def metric_file(tmp_path, monkeypatch):
    path = tmp_path / "hypertune" / "metrics"
    monkeypatch.setenv("CLOUD_ML_HP_METRIC_FILE", str(path))
    return path


@pytest.fixture
def train():
    """Run in this process on the shipped data; returns the exit code."""
    return lambda *options: task.main([*DATA, *options])
