"""Skills from outside: what reaches them in the talk, and what the citizen gets."""
