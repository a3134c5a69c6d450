"""The lab, in a folder of its own."""

import pytest
from packing_lab import Lab


@pytest.fixture
def lab(tmp_path):
    return Lab(tmp_path / "project")
