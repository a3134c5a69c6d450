"""The sdist and the wheel: made by `python -m build`, installed alone, used from another folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

import sweeper

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.slow

TRAINER = '''"""
Usage: toy.py --x=<n>

Options:
  --x=<n>  A number.
"""
import json, os
from docopt import docopt

x = int(docopt(__doc__)["--x"])
with open(os.path.join(os.environ["SWEEPER_JOB_DIR"], "metrics.jsonl"), "w") as out:
    print(json.dumps({"score": x * x}), file=out)
'''

CONFIG = """
name: toy
trainer: toy
metric: {name: score}
parameters:
  x: [1, 3, 2]
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", out, ROOT], check=True, capture_output=True)
    return out


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """The scripts of an environment that has the wheel, and of this one only the libraries."""
    env = tmp_path_factory.mktemp("env")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", env], check=True)
    python = env / "bin" / "python"
    (wheel,) = built.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", python]
    subprocess.run([*pip, "install", "--no-deps", wheel], check=True)
    site = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True)
    # A path in a .pth file is searched, but its own .pth files (the editable install of the checkout) are not read.
    (Path(site.strip()) / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return env / "bin"


def _run(command, cwd):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SWEEPER"))}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120)


def test_the_sdist_holds_what_the_checkout_holds(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[-1] for name in archive.getnames()}
    wanted = {"LICENSE", "Makefile", ".ci/run", "trainer/task.py", "data/digits.csv", "tests/test_distribution.py"}
    assert wanted - names == set()
    assert any(name.startswith("configs/") for name in names)


def test_the_wheel_holds_the_package_and_its_licence_and_nothing_else(built):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    version = f"sweeper-{sweeper.__version__}"
    assert {name.split("/")[0] for name in names} == {"sweeper", f"{version}.dist-info", f"{version}.data"}
    assert [name for name in names if ".data/" in name] == [f"{version}.data/data/share/man/man1/sweeper.1"]
    assert {f"sweeper/commands/completion.{shell}" for shell in ("bash", "zsh", "fish")} <= set(names)
    assert "sweeper/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_installed_package_is_imported_from_where_it_was_installed(installed, tmp_path):
    done = _run([installed / "python", "-c", "import sweeper; print(sweeper.__version__, sweeper.__file__)"], tmp_path)
    version, file = done.stdout.split()
    assert version == sweeper.__version__
    assert Path(file).is_relative_to(installed.parent)


@pytest.mark.skipif(not (ROOT / "sweeper" / "cli.py").exists(), reason="there is no command line yet")
def test_the_installed_command_sweeps_a_trainer_of_another_folder(installed, tmp_path):
    (tmp_path / "toy.py").write_text(TRAINER)
    (tmp_path / "sweep.yaml").write_text(CONFIG)
    assert "Usage:" in _run([installed / "sweeper", "--help"], tmp_path).stdout
    launched = _run([installed / "sweeper", "launch", "sweep.yaml"], tmp_path)
    assert launched.returncode == 0, launched.stderr
    results = _run([installed / "sweeper", "results", "--top=1", "--json"], tmp_path)
    assert json.loads(results.stdout)[0]["params"] == {"x": 3}, results.stderr
