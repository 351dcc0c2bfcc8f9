"""The parts list: everything one process is made of, composed in one place."""

from dataclasses import dataclass

import httpx2
import procrastinate

from bot.contract import NotifyClient
from bot.jobs import add_tasks, add_waiting_task
from bot.line.inbox import Inbox
from bot.messages.speakers import program
from bot.notifications import Notifier
from bot.sender.line_api import LineApi
from bot.sender.pacing import Pacer
from bot.sender.quota import QuotaReader
from bot.sender.sender import Sender
from bot.turns.rasa import RasaClient
from bot.turns.turn import TurnTaker
from bot.turns.waiting import Waiter
from kit.clock import Clock, system_clock
from kit.db import Database
from kit.http import internal_client
from kit.jobs import make_job_app
from kit.settings import Settings
from services.facilities.service import FacilitiesService
from services.faq.service import FaqService
from services.waste.jobs import add_jobs as add_waste_jobs
from services.waste.service import WasteService


@dataclass(frozen=True)
class WebParts:
    """What the web application is made of."""

    database: Database
    jobs: procrastinate.App
    inbox: Inbox
    notifier: Notifier
    quota: QuotaReader
    line_http: httpx2.AsyncClient
    waste: WasteService
    facilities: FacilitiesService
    faq: FaqService


def web_parts(settings: Settings, clock: Clock = system_clock) -> WebParts:
    """Compose the web application's parts; nothing connects yet."""
    database = Database(settings)
    jobs = make_job_app(settings)
    tasks = add_tasks(jobs)
    line_http = _line_client(settings)
    return WebParts(
        database=database,
        jobs=jobs,
        inbox=Inbox(database, clock, tasks.take_turn),
        notifier=Notifier(database, clock, tasks.send, program(settings)),
        quota=QuotaReader(LineApi(settings, line_http)),
        line_http=line_http,
        waste=WasteService(database, clock, settings),
        facilities=FacilitiesService(database, clock, settings),
        faq=FaqService(database, clock, settings),
    )


def _line_client(settings: Settings) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        base_url=settings.line_api_base, timeout=settings.line_timeout_seconds, trust_env=False
    )


@dataclass(frozen=True)
class WorkerParts:
    """What a worker is made of."""

    database: Database
    jobs: procrastinate.App
    clients: tuple[httpx2.AsyncClient, ...]

    async def close(self) -> None:
        """Close every connection."""
        for client in self.clients:
            await client.aclose()
        await self.database.close()


def worker_parts(settings: Settings, clock: Clock = system_clock) -> WorkerParts:
    """Compose a worker's parts, its jobs included; nothing connects yet."""
    database = Database(settings)
    jobs = make_job_app(settings)
    token = settings.internal_token.get_secret_value()
    rasa_http = internal_client(settings.rasa_url, token, timeout=settings.rasa_timeout_seconds)
    internal_http = internal_client(settings.internal_base_url, token)
    line_http = _line_client(settings)
    api = LineApi(settings, line_http)
    sender = Sender(database, clock, settings, api, Pacer(settings))
    speaker = program(settings)
    tell_waiting = add_waiting_task(jobs, Waiter(database, clock, sender, speaker).tell)
    rasa = RasaClient(rasa_http)
    taker = TurnTaker(database, clock, rasa, sender, api, tell_waiting, speaker)
    add_tasks(jobs, taker.take, taker.give_up, sender.send)
    notify = NotifyClient(internal_http)
    add_waste_jobs(jobs, WasteService(database, clock, settings), notify)
    return WorkerParts(database, jobs, (line_http, rasa_http, internal_http))
