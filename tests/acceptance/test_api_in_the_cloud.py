"""The Python API with a cloud behind it."""

import pytest

import sweeper
from sweeper.errors import UserError
from tests.acceptance.cloud_lab import Laptop


@pytest.fixture
def laptop(tmp_path, make_emulator, monkeypatch):
    made = Laptop(tmp_path / "laptop", make_emulator(slots=4).url, backend="vertex", trials=3)
    monkeypatch.chdir(made.folder)
    monkeypatch.setenv("SWEEPER_ENDPOINT", made.url)
    monkeypatch.delenv("SWEEPER_HOME", raising=False)
    return made


def test_a_sweep_is_launched_and_ranked_from_python(laptop):
    one = sweeper.load("sweep.yaml", backend="vertex", project="another", region="europe-west4")
    plan = one.plan()
    assert (plan["new"], plan["cloud"]["project"], plan["cloud"]["region"]) == (3, "another", "europe-west4")
    left = one.launch(verify=False, detach=True)
    assert left.exit_code == 0
    outcome = one.launch(verify=False)
    assert outcome.exit_code == 0
    table = one.results()
    assert list(table["metric"]) == [0.003, 0.002, 0.001]
    assert (table["cost"] > 0).all(), "what the machines would cost, at the list price"


def test_trials_of_this_machine_are_not_left_to_nobody(laptop):
    with pytest.raises(UserError, match="need somebody who runs them"):
        sweeper.load("sweep.yaml").launch(detach=True)


def test_one_config_on_two_backends_is_two_sweeps_and_each_is_carried_on(laptop):
    first = sweeper.load("sweep.yaml", backend="vertex").launch(verify=False)
    second = sweeper.load("sweep.yaml", backend="mlengine").launch(verify=False)
    again = sweeper.load("sweep.yaml", backend="vertex").launch(verify=False)
    assert first.sweep_id == again.sweep_id != second.sweep_id
    assert {one.exit_code for one in (first, second, again)} == {0}
    assert again.tally.ended == 0, "nothing was run again"
