"""ML Engine, Vertex AI, Cloud Storage and a little of Cloud Logging on loopback, running the jobs for real."""
