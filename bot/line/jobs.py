"""The jobs that an event starts beside its turn, and how each is retried."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import procrastinate
from procrastinate.tasks import Task

from bot.turns.jobs import RetryPolicy
from kit.errors import UnavailableError


@dataclass(frozen=True)
class InboundTasks:
    """Fetch a file, say the one note in a group, forget a conversation, tell identity of links."""

    fetch_media: Task[Any, Any, Any]
    note_group: Task[Any, Any, Any]
    forget_conversation: Task[Any, Any, Any]
    report_link: Task[Any, Any, Any]
    report_unfollow: Task[Any, Any, Any]


async def _not_here(_argument: Any) -> None:
    raise UnavailableError("This process writes jobs but does not run them.")


def add_inbound_tasks(
    app: procrastinate.App,
    fetch_media: Callable[[int], Awaitable[None]] = _not_here,
    note_group: Callable[[int], Awaitable[None]] = _not_here,
    forget_conversation: Callable[[str], Awaitable[None]] = _not_here,
    report_link: Callable[[int], Awaitable[None]] = _not_here,
    report_unfollow: Callable[[str], Awaitable[None]] = _not_here,
) -> InboundTasks:
    """Define the jobs. A process that only writes jobs leaves the functions out."""

    @app.task(name="bot.fetch_media", queue="media", retry=RetryPolicy())
    async def fetch_media_job(media_id: int) -> None:
        await fetch_media(media_id)

    @app.task(name="bot.note_group", queue="send", retry=RetryPolicy())
    async def note_group_job(event_id: int) -> None:
        await note_group(event_id)

    @app.task(name="bot.forget_conversation", queue="jobs", retry=RetryPolicy())
    async def forget_conversation_job(citizen_id: str) -> None:
        await forget_conversation(citizen_id)

    @app.task(name="bot.report_link", queue="jobs", retry=RetryPolicy())
    async def report_link_job(event_id: int) -> None:
        await report_link(event_id)

    @app.task(name="bot.report_unfollow", queue="jobs", retry=RetryPolicy())
    async def report_unfollow_job(citizen_id: str) -> None:
        await report_unfollow(citizen_id)

    return InboundTasks(
        fetch_media_job,
        note_group_job,
        forget_conversation_job,
        report_link_job,
        report_unfollow_job,
    )
