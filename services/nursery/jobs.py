"""The jobs of nursery places by name."""

from kit.jobs import Job

ALLOCATE = Job("nursery.allocate")
"""Allocate the seats of a frozen round, and have the outcome verified."""
TELL_APPLICANT = Job("nursery.tell_applicant")
"""Tell an applicant that a result or a question is there."""
FORGET_OLD = Job("nursery.forget_old", cron="20 18 * * *")
"""Forget what its retention no longer allows; at night, in UTC."""
