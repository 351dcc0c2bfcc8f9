"""Danger and grief: heard before everything else, and answered with people who help."""
