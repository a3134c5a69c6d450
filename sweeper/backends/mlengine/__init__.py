"""Cloud ML Engine (``ml v1``) behind the backend protocol; also for any other server that speaks it."""
