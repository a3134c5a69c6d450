"""Other tools' ways to write down a study: one file for each format, which reads and writes it; all of it pure."""
