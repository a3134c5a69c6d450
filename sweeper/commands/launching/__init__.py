"""The work of ``sweeper launch``, and of those that launch as it does."""
