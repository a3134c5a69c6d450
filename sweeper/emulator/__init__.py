"""ML Engine, Vertex AI, Cloud Storage and Cloud Logging on loopback, running the jobs for real."""
