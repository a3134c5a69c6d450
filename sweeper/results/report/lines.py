"""Command lines of many trials, which are mostly alike, in little room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MARK = "\ue000"
"""Stands for the trial's id; a private letter of Unicode, which no command line has."""


def packed(lines: Sequence[str], trials: Sequence[str]) -> dict[str, Any]:
    """What all lines begin and end with, and what is between; empty lines stay empty."""
    if any(MARK in line for line in lines):
        return {"head": "", "tail": "", "middles": list(lines)}
    short = [line.replace(trial, MARK) if trial else line for line, trial in zip(lines, trials, strict=True)]
    there = [line for line in short if line]
    head = _shared(there)
    tail = _shared([line[len(head) :][::-1] for line in there])[::-1]
    middles = [line[len(head) : len(line) - len(tail)] if line else None for line in short]
    return {"head": head, "tail": tail, "middles": middles}


def _shared(lines: Sequence[str]) -> str:
    """What all begin with. The first and the last in order differ where any two do."""
    if not lines:
        return ""
    low, high = min(lines), max(lines)
    same = next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:same]
