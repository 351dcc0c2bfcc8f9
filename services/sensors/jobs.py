"""The jobs of the sensors by name."""

from kit.jobs import Job

FORGET_OLD = Job("sensors.forget_old", cron="25 18 * * *")
"""Erase values whose time is over; at night, in UTC."""
