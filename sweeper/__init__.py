"""Hyperparameter sweeps of an unmodified training program, checked against its own usage text."""

__version__ = "0.1.0"

__all__ = ["__version__", "compare", "load"]

TYPE_CHECKING = False  # typing's own costs every start of the program a millisecond

if TYPE_CHECKING:
    from sweeper.api import compare as compare
    from sweeper.api import load as load


def __getattr__(name: str) -> object:
    # The API leads to pandas; `import sweeper` and `sweeper --help` do without.
    if name in __all__:
        from sweeper import api

        return getattr(api, name)
    raise AttributeError(f"module 'sweeper' has no attribute {name!r}")
