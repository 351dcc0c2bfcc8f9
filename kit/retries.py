"""When a job that failed is tried again: one policy for all, with what differs as parameters."""

import random
from dataclasses import dataclass

from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from kit.errors import ConciergeError, UnavailableError

# Waiting for another program is normal and goes on for a day; a fault of our own is tried thrice.
WAITING_ATTEMPTS = 3000
FAULT_ATTEMPTS = 3
LONGEST_WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class RetryPolicy(BaseRetryStrategy):
    """Back off with jitter: quickly at first, because a reply token lives for a minute.

    What another package refuses for good (`ConciergeError` under 500) is not asked again: the
    answer would be the same. An UnavailableError may name the instant until which it lasts.
    """

    longest_wait_seconds: float = LONGEST_WAIT_SECONDS

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, or None to give the job up."""
        if isinstance(exception, UnavailableError):
            until = exception.until
            if until is not None:
                return RetryDecision(retry_at=until)
            limit = WAITING_ATTEMPTS
        elif isinstance(exception, ConciergeError) and exception.status < 500:
            return None
        else:
            limit = FAULT_ATTEMPTS
        if job.attempts >= limit:
            return None
        wait = min(self.longest_wait_seconds, 0.5 * 1.7 ** min(job.attempts, 20))
        milliseconds = int(1000 * wait * random.uniform(0.7, 1.3))  # noqa: S311  jitter
        return RetryDecision(retry_in={"milliseconds": milliseconds})
