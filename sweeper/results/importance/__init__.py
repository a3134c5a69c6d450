"""How much of the metric's variance each parameter explains, and each pair of them together."""
