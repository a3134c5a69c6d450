"""Searches that learn: each proposal follows from what the trials before it have measured."""
