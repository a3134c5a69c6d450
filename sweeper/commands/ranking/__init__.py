"""What ``sweeper results`` shows beside the ranked table, and how somebody asks for it."""
