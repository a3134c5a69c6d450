"""What a live view knows of a sweep."""
