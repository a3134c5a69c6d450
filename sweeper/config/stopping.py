"""``early_stopping:``, a rule's name or a mapping: which keys each rule has, and which it needs."""

from __future__ import annotations

from typing import Any

from sweeper.config.check import Section
from sweeper.config.kinds import Duration, Fields, Forms, Key, Number, Truth, Whole, Word
from sweeper.config.report import Report
from sweeper.model import EarlyStopping

RULE = Word(
    ("asha", "median", "hyperband", "patience", "threshold", "none", "service"),
    foreign=(
        *((word, "write asha") for word in ("successive_halving", "sha", "bohb")),
        *((word, "write median") for word in ("medianstop", "median_stopping")),
        *((word, "write service") for word in ("envelope", "vizier")),
    ),
)
_OF_RULE = {
    "asha": ("min_steps", "reduction", "max_steps", "resumes"),
    "median": ("min_steps", "min_trials"),
    "hyperband": ("min_steps", "reduction", "max_steps", "resumes"),
    "patience": ("min_steps", "patience", "min_delta"),
    "threshold": ("min_steps", "threshold"),
    "none": (),
    "service": (),
}
"""The keys that a rule heeds; ``stall`` belongs to all but the service's."""
_NEEDED = {"hyperband": "max_steps", "patience": "patience", "threshold": "threshold"}

EARLY_STOPPING = Forms(
    RULE,
    mapping=Fields(
        (
            Key("rule", RULE, "Which trials are stopped; none: only those that hang or diverge.", "asha"),
            Key("min_steps", Whole(1), "No trial is judged before it has reported this step.", 2),
            Key("reduction", Whole(2, 100), "asha, hyperband: one trial in so many goes on at each comparison.", 3),
            Key("max_steps", Whole(1), "asha, hyperband: the step that trials end with by themselves."),
            Key("resumes", Truth(), "The trainer goes on from its checkpoint: who was stopped may be promoted.", False),
            Key("min_trials", Whole(1), "median: so many others must have reported the step.", 5),
            Key("patience", Whole(1), "patience: so many steps without anything better."),
            Key("min_delta", Number(), "patience: better means by more than this.", 0),
            Key("threshold", Number(), "threshold: what a trial must be as good as."),
            Key("stall", Duration(), "A running trial that reports nothing for so long has failed: 10m."),
        ),
        foreign=(
            ("grace_period", "write min_steps"),
            ("min_iter", "write min_steps"),
            ("max_iter", "write max_steps"),
            ("eta", "write reduction"),
            ("reduction_factor", "write reduction"),
            ("s", "it follows from max_steps; leave it out"),
            ("type", "write rule"),
        ),
    ),
)


def build_early_stopping(root: Section, method: str, backend: str, report: Report) -> EarlyStopping | None:
    """Complain where the keys are not the rule's, or the rule not one for this sweep."""
    written = root.values.get("early_stopping")
    if written is None:
        return None
    if not isinstance(written, Section):
        _check_rule(root, "early_stopping", written, method, backend, report)
        _check_needed(root, "early_stopping", "early_stopping", written, frozenset(), report)
        return EarlyStopping(written)
    rule = written.values.get("rule", "asha")
    if "rule" in written.values or not written.has("rule"):
        _check_rule(written, "rule", rule, method, backend, report)
        _check_keys(written, rule, report)
        _check_needed(written, "rule", written.path, rule, frozenset(written.node.entries), report)
    return EarlyStopping(**{**_plain(written), "rule": rule})


def _plain(written: Section) -> dict[str, Any]:
    return {key: float(one) if key in ("min_delta", "threshold") else one for key, one in written.values.items()}


def _check_rule(section: Section, key: str, rule: str, method: str, backend: str, report: Report) -> None:
    if rule == "service" and method != "service":
        subject = "rule service" if key == "rule" else "early_stopping"
        message = f"{subject} belongs to method: service, got method: {method}"
        report.add(section.mark(key), section.at(key), message, "write method: service, or leave it out")
    elif rule != "service" and method == "service" and backend != "local":
        message = f"a tuning service stops its trials by its own rule, got {rule}"
        hint = "write service; method: random runs each trial as a job of its own, and those can be stopped"
        report.add(section.mark(key), section.at(key), message, hint)


def _check_keys(section: Section, rule: str, report: Report) -> None:
    heeded = ("rule", *_OF_RULE[rule], *(["stall"] if rule != "service" else []))
    for key in section.node.entries:
        if key in _EVERY and key not in heeded:
            rules = [one for one, keys in _OF_RULE.items() if key in keys]
            belongs = (
                f"{key} belongs to rule {' or '.join(rules)}" if rules else f"{key} belongs to sweeper's own rules"
            )
            report.add(section.mark(key), section.at(key), f"{belongs}, got rule: {rule}", "leave it out")
    least, most = section.values.get("min_steps", 2), section.values.get("max_steps")
    if most is not None and most <= least and "max_steps" in heeded:
        message = f"expected more than min_steps, which is {least}, got {most}"
        report.add(section.mark("max_steps"), section.at("max_steps"), message)
    if "min_delta" in heeded and section.values.get("min_delta", 0) < 0:
        report.add(
            section.mark("min_delta"),
            section.at("min_delta"),
            f"expected 0 or more, got {section.values['min_delta']:g}",
        )


def _check_needed(section: Section, key: str, path: str, rule: str, keys: frozenset[str], report: Report) -> None:
    needed = _NEEDED.get(rule)
    if needed and needed not in keys:
        message = f"missing: rule {rule} needs {needed}"
        report.add(section.mark(key), f"{path}.{needed}", message, f"write {{rule: {rule}, {needed}: ...}}")


_EVERY = frozenset(key for keys in _OF_RULE.values() for key in keys) | {"stall"}
