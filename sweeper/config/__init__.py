"""A sweep's YAML, read and turned into a Sweep, or into every problem that it has."""

from sweeper.config.parse import load, parse
from sweeper.config.read import read

__all__ = ["load", "parse", "read"]
