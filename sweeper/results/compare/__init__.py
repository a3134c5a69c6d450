"""Sweeps side by side: the best so far of each, and who is ahead at the same budget."""
