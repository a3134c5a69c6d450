"""Where jobs run: one small protocol, and one module for each place."""
