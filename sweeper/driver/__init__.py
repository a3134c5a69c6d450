"""Plan, reconcile, drive: what makes a sweep move."""
