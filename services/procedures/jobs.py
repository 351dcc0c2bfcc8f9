"""The jobs of the navigator by name."""

from kit.jobs import Job

REMIND = Job("procedures.remind", cron="10 0,3,6,9 * * *")
"""Remind of terms that end soon; by day in Japan, in UTC."""
FORGET_OLD = Job("procedures.forget_old", cron="40 18 * * *")
"""Forget what its retention no longer allows; at night, in UTC."""
