"""The work of ``sweeper import``."""
