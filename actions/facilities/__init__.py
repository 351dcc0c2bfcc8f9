"""Refuges and public facilities."""
