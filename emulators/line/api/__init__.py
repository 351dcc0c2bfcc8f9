"""LINE's own paths."""
