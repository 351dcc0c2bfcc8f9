"""Building blocks that know nothing of cities. This package imports none of the others."""
