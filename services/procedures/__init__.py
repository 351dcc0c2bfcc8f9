"""Life events: the few questions that decide, and the list of what there is to do."""
