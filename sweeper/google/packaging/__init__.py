"""The trainer as one source distribution: what goes in, the same bytes everywhere, proven before it is uploaded."""
