"""The jobs of the register by name."""

from kit.jobs import Job

FORGET_DECISIONS = Job("residents.forget_decisions", cron="40 18 * * *")
"""Forget what its retention no longer allows; at night, in UTC."""
