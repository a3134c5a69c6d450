"""The work of ``sweeper report``."""
