"""The same holds for docopt-ng, which installs the same module; run where a folder with it is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = os.environ.get("SWEEPER_TEST_DOCOPT_NG", "")
ROOT = Path(__file__).parents[2]
CORE = ["docopt_schema", "check", "check_exact", "broken_trainers", "usage_source"]


@pytest.mark.skipif(not FOLDER, reason="SWEEPER_TEST_DOCOPT_NG names no folder (pip install --target=DIR docopt-ng)")
def test_the_usage_check_holds_with_docopt_ng():
    files = [str(ROOT / "tests" / "usage" / f"test_{name}.py") for name in CORE] + [str(ROOT / "tests/test_command.py")]
    environ = {**os.environ, "PYTHONPATH": FOLDER, "SWEEPER_TEST_DOCOPT_NG": ""}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files]
    code = "import docopt; print(docopt.parse_docstring_sections.__name__)"
    subprocess.run([sys.executable, "-c", code], env=environ, check=True, capture_output=True)
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
