"""The conversation itself: small talk, the menu, repeats, corrections, what was not understood."""
