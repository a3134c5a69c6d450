"""What a plan says of each rule."""

import pytest

from sweeper.early_stopping.words import in_words
from sweeper.model import EarlyStopping

SAID = [
    (EarlyStopping(), "asha: one trial in 3 goes on at steps 2, 6, 18, 54, ...; what diverges has failed"),
    (EarlyStopping(max_steps=18, reduction=4), "asha: one trial in 4 goes on at steps 2, 8; what"),
    (EarlyStopping(resumes=True, max_steps=6), "asha: one trial in 3 goes on at step 2, and who was stopped may be"),
    (EarlyStopping("median"), "median: from step 2 on, no trial goes on below the median of 5 others or more; "),
    (EarlyStopping("service"), "median: from step 2 on, no trial goes on below the median of 5 others or more; "),
    (EarlyStopping("hyperband", max_steps=50), "hyperband: groups in which one trial in 3 goes on, from steps 2, 6; "),
    (EarlyStopping("hyperband", max_steps=5), "hyperband: groups in which one trial in 3 goes on, nowhere: "),
    (EarlyStopping("patience", patience=9), "patience: from step 2 on, no trial goes on that has not become better fo"),
    (EarlyStopping("threshold", threshold=0.5), "threshold: from step 2 on, no trial goes on that is worse than 0.5; "),
    (EarlyStopping("none", stall=90.0), "none by its curve; what diverges, or reports nothing for 90 s, has failed"),
]


@pytest.mark.parametrize(("settings", "words"), SAID)
def test_the_plan_says_what_a_rule_will_do(settings, words):
    assert in_words(settings).startswith(words)
