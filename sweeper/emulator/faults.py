"""Which requests and jobs go wrong, and how: a small grammar, and decisions that a seed repeats."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import blake2b
from pathlib import Path

from sweeper.emulator.runner.work import JobFault
from sweeper.errors import UserError

ANSWERS = (
    "rate429",  # too many requests: come again
    "quota429",  # the project's resource quota is exhausted
    "error500",
    "error502",  # as a load balancer says it: a page of HTML
    "error503",
    "error503_after",  # the act happened, the answer says it did not
    "unauthenticated",  # 401
    "denied",  # 403
    "disabled",  # 403: the API is not enabled
    "cut_before",  # the connection drops, nothing was done
    "cut_after",  # the act happened, the answer is lost
    "duplicate",  # a POST is acted upon twice
)
"""One of these at most happens to a request; the value is its probability."""
TIMES = ("latency", "lag")
"""Of every request: how long it takes; how long lists do not show what is new."""
OF_JOBS: dict[str, JobFault] = {"preempt": "preempt", "quota_fail": "quota", "hang": "hang"}
"""Of a job: its probability, and the runner's word for it."""
HABITS = (
    "cancel_ended",  # a cancel of an ended job is answered 200
    "discrete_floats",  # a tuning job's trials get a DISCRETE 32 as 32.0; of the parts ml.job and custom.job
)
"""What is not known of the real services and can be had either way."""
NAMES = (*ANSWERS, *TIMES, *OF_JOBS, *HABITS)


@dataclass(frozen=True, slots=True)
class Rule:
    """``ml.create:cut_after=0.2``: what, how much, and for which part of the API."""

    part: str
    name: str
    value: float
    most: int | None = None
    """Of the faults of jobs: how many jobs it befalls."""


class Faults:
    """The rules in force. Decision n of a part depends on the seed, the part and n alone."""

    def __init__(self, rules: tuple[Rule, ...] = (), *, seed: int = 0) -> None:
        self.rules = rules
        self.seed = seed
        self.counts: defaultdict[str, int] = defaultdict(int)
        self._struck: defaultdict[Rule, dict[str, str]] = defaultdict(dict)
        """Of rules that befall so many jobs only: the jobs, and as what each was struck."""

    def change(self, rules: tuple[Rule, ...], *, seed: int | None = None) -> None:
        """These rules from now on; a seed begins everything anew, and so do counts of jobs."""
        self.rules = rules
        self._struck.clear()
        if seed is not None:
            self.seed = seed
            self.counts.clear()

    def answer(self, part: str) -> str | None:
        """What goes wrong with the next request of this part; None if nothing does."""
        self.counts[part] += 1
        if not self.rules:
            return None
        drawn = self.chance(part, str(self.counts[part]))
        for name, rule in self._of(part).items():
            if name in ANSWERS:
                drawn -= rule.value
                if drawn < 0:
                    return name
        return None

    def seconds(self, name: str, part: str) -> float:
        """``latency`` or ``lag`` of that part of the API, e.g. ``seconds("lag", "custom.list")``."""
        return self._value(name, part)

    def habit(self, name: str, part: str, about: str) -> bool:
        """Whether that part of the API has the habit with what the request is about."""
        return bool(self.rules) and self.chance(name, about) < self._value(name, part)

    def job_fault(self, name: str) -> JobFault | None:
        """What befalls that job: ``preempt``, ``quota``, ``hang`` or None. The same job always meets the same fate.

        A job that lost its machine and began again is called ``<name> after 1``; a rule with a count leaves it alone.
        """
        if not self.rules:
            return None
        drawn = self.chance("job", name)
        for fault, rule in self._of("custom.job" if "/customJobs/" in name else "ml.job").items():
            if fault in OF_JOBS:
                drawn -= rule.value
                if drawn < 0:
                    return OF_JOBS[fault] if self._strikes(rule, name) else None
        return None

    def _strikes(self, rule: Rule, name: str) -> bool:
        if rule.most is None:
            return True
        struck, job = self._struck[rule], name.partition(" after ")[0]
        if job not in struck and len(struck) < rule.most:
            struck[job] = name
        return struck.get(job) == name

    def chance(self, *key: str) -> float:
        """A number in [0, 1) that depends on the seed and the key alone."""
        text = "\0".join((str(self.seed), *key))
        return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big") / 2**56

    def _value(self, name: str, part: str) -> float:
        found = self._of(part).get(name) if self.rules else None
        return found.value if found else 0.0

    def _of(self, part: str) -> dict[str, Rule]:
        """The rules of that part; the last one of a name wins."""
        return {rule.name: rule for rule in self.rules if fnmatchcase(part, rule.part)}


def load(spec: str) -> tuple[Rule, ...]:
    """The rules of a file, if there is one of that name, else of the text itself."""
    path = Path(spec)
    try:
        text = path.read_text(encoding="utf-8") if spec and "=" not in spec else spec
    except OSError as error:
        hint = "--faults takes a file, or rules such as error503=0.05;latency=100ms"
        raise UserError(f"cannot read the faults: {error.strerror}", where=spec, hint=hint) from None
    return parse(text)


def parse(text: str) -> tuple[Rule, ...]:
    """``[part:]name=value[,name=value...]``, separated by ``;`` or new lines; ``#`` begins a comment.

    Of a job's faults a value may be ``1x3``: so likely, and of no more than three jobs.
    """
    rules: list[Rule] = []
    for line in text.splitlines():
        for entry in line.split("#")[0].split(";"):
            rules.extend(_entry(entry.strip()))
    return tuple(rules)


def _entry(entry: str) -> list[Rule]:
    if not entry:
        return []
    head, _, rest = entry.rpartition(":")
    return [_rule(head.strip() or "*", one.strip()) for one in rest.split(",")]


def _rule(part: str, text: str) -> Rule:
    name, _, value = text.partition("=")
    name = name.strip()
    if name not in NAMES:
        raise UserError(f"no fault is called {name!r}", where="--faults", hint=f"one of {', '.join(NAMES)}")
    if name in TIMES:
        return Rule(part, name, _seconds(name, value.strip()))
    chance, times, most = value.partition("x") if name in OF_JOBS else (value, "", "")
    return Rule(part, name, _probability(name, chance.strip()), _count(name, most.strip()) if times else None)


def _count(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        expected = f"expected how many jobs {name} befalls, got {text!r}"
        raise UserError(expected, where="--faults", hint=f"{name}=1x3 befalls the first three jobs, and no other")
    return int(text)


def _probability(name: str, text: str) -> float:
    try:
        value = float(text[:-1]) / 100 if text.endswith("%") else float(text or "1")
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        expected = f"expected a probability for {name}, got {text!r}"
        raise UserError(expected, where="--faults", hint="a number from 0 to 1, or 5%")
    return value


def _seconds(name: str, text: str) -> float:
    number, unit = (text[:-2], 0.001) if text.endswith("ms") else (text.removesuffix("s"), 1.0)
    try:
        value = float(number) * unit
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise UserError(f"expected a time for {name}, got {text!r}", where="--faults", hint="for example 100ms or 2s")
    return value
