"""At its rungs, asha says of the same curves, told in the same order, what Optuna's pruner says."""

import pytest
from curves import LOSS, judge
from test_conformance_rules import curves, one_after_the_other, side_by_side

from sweeper.model import Metric

optuna = pytest.importorskip("optuna")


@pytest.mark.parametrize("order", [side_by_side, one_after_the_other])
@pytest.mark.parametrize(("min_steps", "reduction"), [(2, 3), (3, 4), (1, 2)])
@pytest.mark.parametrize("metric", [Metric(), LOSS], ids=lambda metric: metric.goal)
def test_at_its_rungs_asha_agrees_with_the_successive_halving_pruner(order, min_steps, reduction, metric):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=min_steps, reduction_factor=reduction)
    study = optuna.create_study(direction=metric.goal, pruner=pruner)
    ours, theirs, trials = judge("asha", metric, min_steps=min_steps, reduction=reduction), set(), {}
    rungs = {min_steps * reduction**place for place in range(5)}
    for trial, step, value in order(curves()):
        if trial in theirs or step not in rungs:
            continue  # neither hears of it
        if trial not in trials:
            trials[trial] = study.ask()
        trials[trial].report(value, step)
        if trials[trial].should_prune():
            theirs.add(trial)
            study.tell(trials[trial], state=optuna.trial.TrialState.PRUNED)
        ours.take(trial, step, value)
        assert set(ours.stopped) == theirs, (trial, step)
    assert theirs
