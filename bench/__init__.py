"""`make bench`: figures of the running house, as ratios within one run."""
