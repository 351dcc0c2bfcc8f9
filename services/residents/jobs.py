"""Forgetting what its retention no longer allows."""

import procrastinate

from services.residents.service import ResidentsService


def add_jobs(app: procrastinate.App, service: ResidentsService) -> None:
    """Register the periodic job of the register."""

    @app.periodic(cron="40 18 * * *")
    @app.task(
        name="residents.forget_decisions", queue="jobs", queueing_lock="residents.forget_decisions"
    )
    async def forget_decisions(timestamp: int) -> None:
        await service.forget_old_decisions()
