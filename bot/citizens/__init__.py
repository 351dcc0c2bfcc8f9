"""Who writes: pseudonymous citizens and their LINE accounts."""
