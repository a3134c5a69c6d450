"""One verb a file: read, call the core, print."""
