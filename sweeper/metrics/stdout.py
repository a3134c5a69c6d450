"""Numbers in what a trial printed, found by a pattern."""

from __future__ import annotations

import re
from collections import Counter

from sweeper.errors import UserError
from sweeper.metrics.lines import number, whole
from sweeper.model import Measurement


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to use; ``^`` and ``$`` mean a line's ends. Raises UserError where it cannot be used."""
    try:
        found = re.compile(pattern, re.MULTILINE)
    except (re.error, RecursionError, OverflowError) as error:
        raise UserError(
            f"expected a regular expression, got {pattern!r}: {error}",
            path="metric.pattern",
            hint="for example: 'accuracy=(?P<value>[0-9.]+)'",
        ) from error
    if "value" not in found.groupindex:
        raise UserError(
            f"expected a group named value, got {pattern!r}",
            path="metric.pattern",
            hint="name the part that holds the number: (?P<value>...), e.g. 'accuracy=(?P<value>[0-9.]+)'",
        )
    return found


def parse(text: str, *, pattern: str, name: str) -> list[Measurement]:
    """Every match whose value is a number, in order.

    ``name`` is the metric where the pattern has no group ``name`` or it did not take part; a match without a step
    gets its place among its own metric's as the step. A carriage return, as progress bars print it, ends a line.
    """
    seen: Counter[str] = Counter()
    found = []
    for match in compiled(pattern).finditer(text.replace("\r", "\n")):
        groups = match.groupdict()
        value = number(groups["value"], text=True)
        if value is None:
            continue
        metric = groups.get("name") or name
        step = whole(groups.get("step"))
        found.append(Measurement(metric, value, seen[metric] if step is None else step))
        seen[metric] += 1
    return found
