"""The daily job that erases questions and votes whose time is over."""

import procrastinate

from services.faq.feedback import FeedbackBook


def add_jobs(app: procrastinate.App, book: FeedbackBook) -> None:
    """Register the periodic jobs of this skill; they run at night, in UTC."""

    @app.periodic(cron="30 18 * * *")
    @app.task(name="faq.forget_old", queue="jobs", queueing_lock="faq.forget_old")
    async def forget_old(timestamp: int) -> None:
        await book.forget_old()
