"""A sweep's YAML, read and turned into a Sweep, or into every problem that it has."""

from sweeper.config.jsonschema import json_schema
from sweeper.config.parse import load, parse
from sweeper.config.read import read

__all__ = ["json_schema", "load", "parse", "read"]
