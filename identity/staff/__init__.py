"""Accounts of the city's staff: who they are, what they may, and who changed that."""
