"""Life events: what there is to do after a birth, a death, a move."""
