"""Linear algebra on one thread: matrices of some hundred rows gain nothing from more, and trials need the cores."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """While it is entered, BLAS uses one thread; without threadpoolctl, as many as it likes."""
    pools = _pools()
    return nullcontext() if pools is None else pools.limit(limits=1)


@cache
def _pools() -> Any:
    try:
        import scipy.linalg  # noqa: F401 - has a BLAS of its own, which must be there to be limited
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController()
