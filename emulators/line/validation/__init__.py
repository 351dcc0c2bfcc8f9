"""LINE's published limits, which its definitions leave out."""
