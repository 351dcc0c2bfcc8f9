"""The jobs of the sensors by name."""

from kit.jobs import Job

TELL = Job("sensors.tell")
"""Tell those who have a field near of one event."""
SUM_UP = Job("sensors.sum_up", cron="7 * * * *")
"""Keep what each hour brought: least, mean and most."""
FORGET_OLD = Job("sensors.forget_old", cron="25 18 * * *")
"""Erase values whose time is over; at night, in UTC."""
