"""A stand-in for the LINE Platform on one machine. Not affiliated with LINE.

Start it with `python -m emulators.line`; any bot can be pointed at it by its base URL.
"""
