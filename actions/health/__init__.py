"""The handbook: the published schedule for everybody, a child's own page after the card."""
