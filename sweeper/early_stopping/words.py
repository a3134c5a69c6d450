"""What a rule will do, on one line for people."""

from __future__ import annotations

from sweeper.early_stopping.hyperband import brackets
from sweeper.model import EarlyStopping

SHOWN = 4
"""Comparisons that are named."""


def in_words(settings: EarlyStopping) -> str:
    """The rule, and what becomes of trials that hang or diverge."""
    ends = "what diverges has failed"
    if settings.stall is not None:
        ends = f"what diverges, or reports nothing for {settings.stall:g} s, has failed"
    return f"{_rule(settings)}; {ends}"


def _rule(settings: EarlyStopping) -> str:
    first = f"from step {settings.min_steps} on"
    match settings.rule:
        case "asha":
            return f"asha: one trial in {settings.reduction} goes on at {_steps(settings)}{_later(settings)}"
        case "hyperband":
            firsts = [str(one.first) for one in brackets(settings)[:-1]]
            where = f"from steps {', '.join(firsts)}" if firsts else "nowhere: min_steps and max_steps are too close"
            return f"hyperband: groups in which one trial in {settings.reduction} goes on, {where}{_later(settings)}"
        case "median" | "service":
            return f"median: {first}, no trial goes on below the median of {settings.min_trials} others or more"
        case "patience":
            return f"patience: {first}, no trial goes on that has not become better for {settings.patience} steps"
        case "threshold":
            return f"threshold: {first}, no trial goes on that is worse than {settings.threshold:g}"
        case _:
            return "none by its curve"


def _steps(settings: EarlyStopping) -> str:
    steps = [settings.min_steps * settings.reduction**place for place in range(SHOWN + 1)]
    below = [step for step in steps if settings.max_steps is None or step < settings.max_steps]
    more = ", ..." if len(below) > SHOWN else ""
    return f"step{'s' * (len(below) != 1)} {', '.join(map(str, below[:SHOWN]))}{more}"


def _later(settings: EarlyStopping) -> str:
    return ", and who was stopped may be promoted later" if settings.resumes else ""
