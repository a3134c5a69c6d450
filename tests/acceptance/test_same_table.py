"""The bundled trainer's grid on this machine, on emulated ML Engine and on emulated Vertex: one table."""

import json
import os
import shutil
import subprocess
import sys

from tests.acceptance.cloud_lab import ROOT, emulator


def sweeper(folder, *args, endpoint=""):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    env = {**kept, "PYTHONPATH": str(ROOT)} | ({"SWEEPER_ENDPOINT": endpoint} if endpoint else {})
    done = subprocess.run(
        [sys.executable, "-P", "-m", "sweeper", *args],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def project(folder):
    folder.mkdir()
    for name in ("trainer", "configs", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def table(folder, endpoint=""):
    rows = json.loads(sweeper(folder, "results", "--json", endpoint=endpoint))
    return [(row["rank"], row["trial"], row["state"], row["params"], row["metric"]) for row in rows]


def test_three_backends_one_table_and_attach_gives_it_again(tmp_path):
    here = project(tmp_path / "local")
    sweeper(here, "launch", "configs/grid.yaml")
    expected = table(here)
    assert len(expected) == 8
    for backend in ("mlengine", "vertex"):
        with emulator(tmp_path / f"emulator-{backend}") as url:
            there = project(tmp_path / backend)
            sweeper(there, "launch", "configs/grid.yaml", f"--backend={backend}", "--no-verify", endpoint=url)
            assert table(there, url) == expected
            text = sweeper(there, "results", endpoint=url)
            elsewhere = tmp_path / f"{backend}-elsewhere"
            elsewhere.mkdir()
            sweeper(elsewhere, "attach", "digits", f"--backend={backend}", endpoint=url)
            assert sweeper(elsewhere, "results", endpoint=url) == text
