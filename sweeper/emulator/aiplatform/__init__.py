"""Vertex AI, aiplatform v1: the custom jobs of a location."""
