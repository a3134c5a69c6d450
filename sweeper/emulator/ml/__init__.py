"""ML Engine, ml v1: the jobs of a project."""
