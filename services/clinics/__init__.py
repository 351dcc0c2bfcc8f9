"""Doctors on duty: the city's calendar for nights, Sundays and holidays."""
