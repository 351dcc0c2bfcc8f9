"""Issuing grants."""
