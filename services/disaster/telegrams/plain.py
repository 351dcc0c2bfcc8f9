"""The part of a `Telegram` that every family fills from the envelope alike."""

from datetime import datetime

from services.disaster.facts import Telegram
from services.disaster.telegrams.envelope import Envelope


def plain(
    envelope: Envelope, family: str, subject: str, expires_at: datetime | None = None
) -> Telegram:
    """A telegram without facts, to be completed with `dataclasses.replace`."""
    return Telegram(
        family=family,
        subject=f"{family} {subject}",
        status=envelope.status,
        info_type=envelope.info_type,
        office=envelope.office,
        reported_at=envelope.reported_at,
        revision=envelope.revision,
        source="",
        expires_at=expires_at,
        publishers=envelope.publishers,
        title=envelope.head_title,
        headline=envelope.headline,
    )
