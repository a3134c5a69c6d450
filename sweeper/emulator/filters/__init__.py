"""List filters: read once, then answered by SQLite's indexes."""
