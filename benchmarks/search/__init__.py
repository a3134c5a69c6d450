"""A benchmark that scores any search method that can be asked for points and told values, on the same tasks."""
