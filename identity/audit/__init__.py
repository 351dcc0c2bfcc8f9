"""The hash-chained log of who looked at what."""
