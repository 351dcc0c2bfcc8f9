"""Building blocks that know nothing of cities. This room imports none of the others."""
