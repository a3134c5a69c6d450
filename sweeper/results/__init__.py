"""What came out: measurements reduced to one number a trial, trials ranked by it, and the table shown."""
