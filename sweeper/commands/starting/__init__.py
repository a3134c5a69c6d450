"""The text of a starter config, and what an editor needs to check it."""
