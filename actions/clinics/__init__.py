"""Doctors on duty: now, tonight, on a day, for a department or a child."""
