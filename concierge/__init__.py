"""The front door: command line, supervisor, and the assembly of all rooms. Nothing imports it."""
