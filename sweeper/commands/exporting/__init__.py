"""The work of ``sweeper export``."""
