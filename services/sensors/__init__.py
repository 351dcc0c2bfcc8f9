"""Sensors of the city: what they measured, and what it means."""
