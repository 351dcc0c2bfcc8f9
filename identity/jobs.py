"""The jobs of identity by name: noticing who did not come back, and finishing deletions."""

from kit.jobs import Job

LINK_EXPIRED = Job("identity.link_expired")
"""Look whether somebody who was sent a link has come back."""
FINISH_DELETION = Job("identity.finish_deletion")
"""Repeat a deletion until every package is done."""
