"""The jobs of the handbook by name."""

from kit.jobs import Job

REMIND = Job("health.remind", cron="0 1 * * *")
"""Tell guardians of vaccinations; at ten in the morning in Japan, which is nobody's night."""
