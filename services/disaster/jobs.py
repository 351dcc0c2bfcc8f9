"""The jobs of the disaster service by name."""

from kit.jobs import Job

APPLY = Job("disaster.apply")
"""Take one kept message into the city's state."""
PUSH = Job("disaster.push")
"""Decide on one change of the state, and tell whom it concerns."""
POLL = Job("disaster.poll", cron="* * * * *")
"""Ask the feeds and the drop folder for what is new; the agency asks for a minute at least."""
AGE = Job("disaster.age", cron="* * * * *")
"""End what ends by itself at its time."""
FORGET_OLD = Job("disaster.forget_old", cron="20 18 * * *")
"""Erase what its retention no longer allows; at night, in UTC."""
