"""Rate limits: one token bucket per method and path template, as LINE publishes them.

LINE keeps the capacity of a bucket to itself; here it holds one whole period (60 calls for
"60 an hour") and refills continuously. Source of the figures: Messaging API reference, "Rate
limits". Path values, bodies and addresses do not separate buckets.
"""

from dataclasses import dataclass
from datetime import datetime

from emulators.line.errors import RATE_LIMITED, ControlError, Json, LineError

_SECOND, _MINUTE, _HOUR = 1.0, 60.0, 3600.0
_INSIGHT = "/v2/bot/insight"
_MENU = "/v2/bot/richmenu"
_AUDIENCE = "/v2/bot/audienceGroup"


@dataclass(frozen=True)
class Limit:
    """So many calls in so many seconds."""

    count: int
    seconds: float


DEFAULT = Limit(2000, _SECOND)
_PER_HOUR_60 = (
    "POST /v2/bot/message/narrowcast",
    "POST /v2/bot/message/broadcast",
    "POST /v2/bot/channel/webhook/test",
    f"GET {_INSIGHT}/demographic",
    f"GET {_INSIGHT}/followers",
    f"GET {_INSIGHT}/message/delivery",
    f"GET {_INSIGHT}/message/event",
    f"GET {_INSIGHT}/message/event/aggregation",
    f"GET {_INSIGHT}/richmenu/{{richMenuId}}/summary",
    f"GET {_INSIGHT}/richmenu/{{richMenuId}}/daily",
)
_PER_MINUTE_60 = (
    f"POST {_AUDIENCE}/upload",
    f"PUT {_AUDIENCE}/upload",
    f"POST {_AUDIENCE}/upload/byFile",
    f"PUT {_AUDIENCE}/upload/byFile",
    f"POST {_AUDIENCE}/click",
    f"POST {_AUDIENCE}/imp",
    f"PUT {_AUDIENCE}/{{audienceGroupId}}/updateDescription",
    f"GET {_AUDIENCE}/{{audienceGroupId}}",
    f"DELETE {_AUDIENCE}/{{audienceGroupId}}",
    f"GET {_AUDIENCE}/list",
    f"GET {_AUDIENCE}/shared/{{audienceGroupId}}",
    f"GET {_AUDIENCE}/shared/list",
)
_PER_HOUR_100 = (
    f"POST {_MENU}",
    f"DELETE {_MENU}/{{richMenuId}}",
    f"DELETE {_MENU}/alias/{{richMenuAliasId}}",
    f"GET {_MENU}/progress/batch",
)
_OTHERS = {
    "GET /v2/bot/channel/webhook/endpoint": Limit(1000, _MINUTE),
    "PUT /v2/bot/channel/webhook/endpoint": Limit(1000, _MINUTE),
    f"POST {_MENU}/batch": Limit(3, _HOUR),
    f"GET {_MENU}/list": Limit(10, _SECOND),
    "POST /v2/bot/message/multicast": Limit(200, _SECOND),
    "POST /v2/bot/chat/loading/start": Limit(100, _SECOND),
    "POST /v2/oauth/accessToken": Limit(370, _SECOND),
}
PUBLISHED: dict[str, Limit] = {
    **dict.fromkeys(_PER_HOUR_60, Limit(60, _HOUR)),
    **dict.fromkeys(_PER_MINUTE_60, Limit(60, _MINUTE)),
    **dict.fromkeys(_PER_HOUR_100, Limit(100, _HOUR)),
    **_OTHERS,
}


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime


class RateLimits:
    """The buckets of one channel."""

    def __init__(self) -> None:
        self._changed: dict[str, Limit] = {}
        self._buckets: dict[str, _Bucket] = {}

    def take(self, call: str, now: datetime) -> None:
        """Take one token; `call` is `METHOD template`. Raises LineError 429 when none is left."""
        limit = self.limit(call)
        bucket = self._buckets.get(call)
        if bucket is None:
            bucket = self._buckets[call] = _Bucket(limit.count, now)
        gained = (now - bucket.at).total_seconds() * limit.count / limit.seconds
        bucket.tokens = min(limit.count, bucket.tokens + max(0.0, gained))
        bucket.at = now
        if bucket.tokens < 1:
            reason = f"more than {limit.count} calls of {call} in {limit.seconds:g} s"
            raise LineError(429, RATE_LIMITED, reason=reason)
        bucket.tokens -= 1

    def limit(self, call: str) -> Limit:
        """Return the limit in force for a call."""
        return self._changed.get(call) or self._changed.get("*") or PUBLISHED.get(call, DEFAULT)

    def change(self, call: str, count: int, seconds: float) -> None:
        """Put another limit in force; `*` stands for every call. Raises ControlError."""
        if type(count) is not int or count < 0 or not seconds > 0:
            raise ControlError(400, "Send 'count' (0 or more) and 'seconds' (more than 0).")
        self._changed[call] = Limit(count, seconds)
        self._buckets.clear()

    def restore(self) -> None:
        """Go back to the published limits with full buckets."""
        self._changed.clear()
        self.clear()

    def clear(self) -> None:
        """Fill every bucket; changed limits stay."""
        self._buckets.clear()

    def as_dict(self) -> Json:
        """Return `{call: {count, seconds}}`: what was changed, then what is published."""
        merged = {**PUBLISHED, **self._changed}
        merged.setdefault("*", DEFAULT)
        return {
            call: {"count": limit.count, "seconds": limit.seconds}
            for call, limit in sorted(merged.items())
        }
