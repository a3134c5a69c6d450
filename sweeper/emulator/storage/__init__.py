"""Cloud Storage's JSON API over a folder and a table."""
