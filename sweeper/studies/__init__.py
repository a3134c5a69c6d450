"""Tuning services: one job of theirs, a study, makes many trials."""
