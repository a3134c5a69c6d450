"""Stopping rules: which trials are ended before their time, by what they and the others have reported so far."""
