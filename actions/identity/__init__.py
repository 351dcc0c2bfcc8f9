"""Linking, proving and unlinking who one is."""
