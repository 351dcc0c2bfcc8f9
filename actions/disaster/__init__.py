"""Dangers in the talk: what is in force, and how people are."""
