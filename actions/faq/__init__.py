"""Answers from the city's FAQ."""
