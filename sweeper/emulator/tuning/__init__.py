"""Studies: one tuning job that proposes trials, runs each as a job of its own, and reads what it measures."""
