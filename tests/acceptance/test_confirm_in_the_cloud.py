"""A confirmation as jobs of a cloud: in rounds, known on another machine, and carried on there without a job twice."""

import json

import pytest

from tests.acceptance.cloud_lab import TRAINER, Laptop, emulator


def laptop(folder, url, backend):
    made = Laptop(folder, url, backend=backend, trials=4)
    seeded = TRAINER.replace("[--x=<n>]", "[--x=<n>] [--seed=<n>]").replace(
        "Options:\n", "Options:\n  --seed=<n>       Is added [default: 0].\n"
    )
    text = seeded.replace('float(options["--x"]) / 1000', 'float(options["--x"]) / 1000 + float(options["--seed"])')
    assert text.count("--seed") == 3
    (folder / "tiny" / "task.py").write_text(text)
    return made


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["vertex", "mlengine"])
def test_it_is_run_read_and_carried_on_from_any_machine(tmp_path, backend):
    with emulator(tmp_path / "emulator") as url:
        here = laptop(tmp_path / "here", url, backend)
        cloud = f"--backend={backend}"
        assert here.run("launch", "sweep.yaml", cloud, "--no-verify").returncode == 0
        done = here.run("confirm", "tiny", "--top=3", "--no-verify", "--json")
        assert done.returncode == 0, done.stderr
        assert "at most, if no contender is left out:" in done.stderr
        found = json.loads(done.stdout)
        assert (found["rounds"], found["states"]) == (4, {"succeeded": 11})

        there = laptop(tmp_path / "there", url, backend)
        assert there.run("attach", "tiny-confirm", cloud).returncode == 0
        alone = there.run("confirm", "tiny-confirm", "--no-verify", "--json")
        assert alone.returncode == 0, alone.stderr
        assert json.loads(alone.stdout)["best"] == found["best"]
        assert there.run("attach", "tiny", cloud).returncode == 0
        assert there.run("results", "tiny-confirm").stdout == here.run("results", "tiny-confirm").stdout
        again = there.run("confirm", "tiny", "--top=3", "--no-verify", "--json")
        assert again.returncode == 0, again.stderr
        assert json.loads(again.stdout) == found
        assert f"carries on {found['sweep']}: 11 of at most 15 trials are there" in again.stderr
