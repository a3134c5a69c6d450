"""The trainer's own usage text: found, read as a schema, and every command line checked against it."""
