"""Vertex AI custom jobs (``aiplatform v1``) behind the backend protocol."""
