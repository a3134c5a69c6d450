"""Jobs as processes of this machine, started cold or forked from a warm parent."""
