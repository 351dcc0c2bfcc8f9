"""The jobs of skills from outside by name."""

from kit.jobs import Job

FORGET_CALLS = Job("developers.forget_calls", cron="50 18 * * *")
"""Erase the calls whose time is over; at night, in UTC."""

LOOK_AT_DATA = Job("developers.look_at_data", cron="* * * * *")
"""Tell subscribers what has changed in the open data; every minute."""
