"""The jobs of the handbook by name."""

from kit.jobs import Job

REMIND = Job("health.remind", cron="0 1 * * *")
"""Tell guardians of vaccinations; at ten in the morning in Japan, which is nobody's night."""
RECKON = Job("health.due", cron="30 17 * * *")
"""Reckon what is due for the city's children; at half past two at night in Japan."""
RECKON_NOW = Job("health.due_now")
"""The same, because the desk asked for it."""
