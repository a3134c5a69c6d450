"""``sweeper results --importance``: what the metric of a real sweep depends on, for people and for scripts."""

from __future__ import annotations

import pytest
from command_lab import is_refused

MORE = "  seed: [0, 5]\n"


@pytest.fixture
def swept(lab):
    lab.config(x="[1, 2, 3]", more=MORE)
    assert lab.run("launch", "sweep.yaml").code == 0
    return lab


def test_a_grid_is_analysed_exactly(swept):
    (found,) = swept.run("results", "--importance", "--json").json
    # The score is twice x, plus the seed: variances 4 * 2/3 and 25/4.
    total = 4 * 2 / 3 + 25 / 4
    shares = {tuple(one["parameters"]): one["share"] for one in found["effects"]}
    assert shares == pytest.approx({("seed",): 6.25 / total, ("x",): 8 / 3 / total, ("x", "seed"): 0})
    assert (found["method"], found["metric"], found["trials"], found["pairs"]) == ("anova", "score", 6, True)
    assert set(found) == {"sweep", "metric", "method", "trials", "effects", "pairs", "rest", "notes"}
    assert all(set(one) == {"parameters", "share", "p", "sure"} for one in found["effects"])


def test_people_read_a_table_and_how_sure_it_is(swept):
    text = swept.run("results", "--importance").out
    assert ": what score depends on, of 6 trials (analysis of variance of the full grid)\n" in text
    assert [line.split()[:2] for line in text.splitlines()[3:5]] == [["seed", "70.1"], ["x", "29.9"]]
    assert "more together, and noise" in text
    assert "note: each combination ran once" in text
    assert "seed" in swept.run("results", "--importance", "--top=1").out
    assert "29.9" not in swept.run("results", "--importance", "--top=1").out


def test_a_sweep_of_one_trial_has_nothing_to_tell(lab):
    lab.config(x="1")
    lab.run("launch", "sweep.yaml")
    assert "\nnothing can be told\n\nnote: too few trials have a number\n" in lab.run("results", "--importance").out


@pytest.mark.parametrize("other", ["--csv", "--columns=n", "--where=n > 1", "--group-by=x", "--failures"])
def test_importance_is_no_table_of_trials(lab, other):
    is_refused(lab.run("results", "--importance", other), f"--importance and {other.partition('=')[0]}: choose one")
