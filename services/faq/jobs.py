"""The jobs of the FAQ by name."""

from kit.jobs import Job

FORGET_OLD = Job("faq.forget_old", cron="30 18 * * *")
"""Erase questions and votes whose time is over; at night, in UTC."""
