"""Which points a sweep visits, and in which order: proposal k is a pure function of the sweep, its seed and k."""

from __future__ import annotations

from sweeper.search.protocol import Search
from sweeper.search.registry import METHODS, make
from sweeper.search.trials import each_trial, total, trial

__all__ = ["METHODS", "Search", "each_trial", "make", "total", "trial"]
