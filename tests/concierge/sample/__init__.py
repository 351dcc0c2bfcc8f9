"""A service as small as one can be: residents leave notes for the city hall."""
