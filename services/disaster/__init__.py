"""Disaster: what is in force where, from the telegrams of the authorities."""
