"""What the job APIs share: the table of jobs, their life, and the way to the runner."""
