"""Other tools' sweep files as sweeps, and sweeps as theirs: one module for each tool."""
