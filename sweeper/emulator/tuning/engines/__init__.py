"""Who proposes the trials of a study."""
