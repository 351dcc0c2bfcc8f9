"""A resident's own record."""
