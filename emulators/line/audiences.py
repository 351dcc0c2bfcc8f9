"""Audiences: groups of people that are built in the background and live 180 days."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from emulators.line.errors import Json, LineError
from emulators.line.later import Later

LIFETIME = timedelta(days=180)
_MOST = 1000
_MOST_JOBS = 10
_SMALL = 20
_numbers = itertools.count()


@dataclass
class Job:
    """One addition of people."""

    job_id: int
    description: str
    count: int
    created: datetime
    status: str = "QUEUED"


@dataclass
class Audience:
    """One audience; `kind` is UPLOAD, CLICK or IMP."""

    group_id: int
    kind: str
    description: str
    created: datetime
    about: Json
    """What only this kind has: `requestId`, `clickUrl`."""
    members: set[str] = field(default_factory=set)
    status: str = "IN_PROGRESS"
    jobs: list[Job] = field(default_factory=list)

    def as_made(self) -> Json:
        """Return the answer to its creation."""
        if self.kind == "IMP":
            return self._basics()
        expires = int((self.created + LIFETIME).timestamp())
        return self._basics() | self._origin() | {"expireTimestamp": expires}

    def as_listed(self, now: datetime) -> Json:
        """Return it as lists show it. Small groups that LINE built itself are counted as 0."""
        count = len(self.members)
        hidden = self.kind != "UPLOAD" and count < _SMALL
        expired = now - self.created > LIFETIME
        return (
            self._basics()
            | self._origin()
            | {
                "status": "EXPIRED" if expired else self.status,
                "audienceCount": 0 if hidden else count,
            }
        )

    def _basics(self) -> Json:
        return {
            "audienceGroupId": self.group_id,
            "type": self.kind,
            "description": self.description,
            "created": int(self.created.timestamp()),
            **self.about,
        }

    @staticmethod
    def _origin() -> Json:
        return {
            "createRoute": "MESSAGING_API",
            "permission": "READ_WRITE",
            "isIfaAudience": False,
        }

    def jobs_as_list(self) -> list[Json]:
        """Return its jobs, the newest first, fifty at most."""
        return [
            {
                "audienceGroupJobId": job.job_id,
                "audienceGroupId": self.group_id,
                "description": job.description,
                "type": "DIFF_ADD",
                "jobStatus": job.status,
                "audienceCount": job.count,
                "created": int(job.created.timestamp()),
            }
            for job in self.jobs[:-51:-1]
        ]


class Audiences:
    """Every audience of the account."""

    def __init__(self, later: Later) -> None:
        self._later = later
        self._by_id: dict[int, Audience] = {}

    def create(self, kind: str, description: str, now: datetime, about: Json) -> Audience:
        """Add an empty audience. Raises LineError 400 beyond 1,000."""
        if len(self._by_id) >= _MOST:
            raise refusal("too many audience groups", "AUDIENCE_GROUP_COUNT_MAX_OVER")
        group_id = int(now.timestamp() * 1000) + next(_numbers)
        found = Audience(group_id, kind, description, now, about)
        self._by_id[group_id] = found
        return found

    def fill(
        self, audience: Audience, people: set[str], note: str, now: datetime, seconds: float
    ) -> None:
        """Add people in two steps of so many seconds. Raises LineError 429 beyond ten jobs."""
        open_jobs = sum(job.status in ("QUEUED", "WORKING") for job in audience.jobs)
        if open_jobs >= _MOST_JOBS:
            reason = f"{open_jobs} jobs of this audience are still open"
            raise LineError(429, "Too many concurrent jobs. Try again later.", reason=reason)
        job = Job(audience.group_id + next(_numbers), note, len(people), now)
        audience.jobs.append(job)

        def work() -> None:
            job.status = "WORKING"

        def finish() -> None:
            audience.members |= people
            job.status = "FINISHED"
            audience.status = "READY"

        self._later.after(seconds, work)
        self._later.after(2 * seconds, finish)

    def get(self, group_id: int) -> Audience:
        """Return the audience. Raises LineError 400."""
        found = self._by_id.get(group_id)
        if found is None:
            raise refusal("audience group not found", "AUDIENCE_GROUP_NOT_FOUND")
        return found

    def find(self, group_id: int) -> Audience | None:
        """Return the audience, or None."""
        return self._by_id.get(group_id)

    def delete(self, group_id: int) -> None:
        """Remove it. Raises LineError 400."""
        self.get(group_id)
        del self._by_id[group_id]

    def all(self) -> list[Audience]:
        """Return them, the newest first."""
        return list(self._by_id.values())[::-1]

    def clear(self) -> None:
        """Forget them all."""
        self._by_id.clear()


def refusal(message: str, code: str) -> LineError:
    """Return LINE's refusal with the code of the case in its details."""
    return LineError(400, message, details=[{"message": code}])
