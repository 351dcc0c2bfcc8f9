"""The parts list: everything one process is made of, composed in one place."""

from dataclasses import dataclass

import httpx2
import procrastinate

from auth.store import Store
from bot.broadcast.announcer import Announcer
from bot.broadcast.delivery import BulkSender
from bot.broadcast.jobs import add_bulk_job
from bot.citizens.api import Accounts
from bot.citizens.reports import LinkReports
from bot.groups.notes import GroupNotes
from bot.line.channels import Channels
from bot.line.inbox import Inbox, InboxTasks
from bot.line.jobs import add_inbound_tasks
from bot.media.fetcher import MediaFetcher
from bot.messages.speakers import program
from bot.preferences.service import PreferenceBook
from bot.preferences.sessions import PageSessions
from bot.retention.jobs import Retention, add_retention_jobs
from bot.retention.personal_data import BotKeeper
from bot.sender.line_api import LineApi
from bot.sender.notifications import Notifier
from bot.sender.quota import QuotaReader
from bot.sender.rate_limiter import Pacer
from bot.sender.sender import Sender
from bot.turns.continuations import Continuations
from bot.turns.handler import TurnJobs, TurnTaker
from bot.turns.jobs import add_tasks, add_waiting_task
from bot.turns.rasa import RasaClient
from bot.turns.waiting import Waiter
from identity.container import Room, make_room
from identity.contract import IdentityClient
from identity.jobs import Errands
from identity.jobs import add_jobs as add_identity_jobs
from identity.staff.container import StaffRoom, staff_room
from kit.clock import Clock, system_clock
from kit.db import Database
from kit.http import certificates, internal_client
from kit.jobs import make_job_app
from kit.personal_data import Keeper, KeptRoom
from kit.settings import DEFAULT_CHANNEL, Settings
from kit.vault import Vault
from messages.continuations import ContinueClient
from messages.notifications import NotifyClient
from services.facilities.service import FacilitiesService
from services.faq.editing import FaqEditor
from services.faq.feedback import FeedbackBook
from services.faq.jobs import add_jobs as add_faq_jobs
from services.faq.service import FaqService
from services.residents.cases import Cases
from services.residents.jobs import add_jobs as add_residents_jobs
from services.residents.jobs import add_tell_job
from services.residents.personal_data import ResidentsKeeper
from services.residents.register import Register
from services.residents.service import ResidentsService
from services.waste.jobs import add_jobs as add_waste_jobs
from services.waste.personal_data import WasteKeeper
from services.waste.service import WasteService

# Every room that keeps something of citizens (`kit.personal_data`); a new service adds its line.
KEEPING_ROOMS = (
    KeptRoom("line"),
    KeptRoom("services/waste"),
    KeptRoom("services/residents", scope="residents:export"),
)


@dataclass(frozen=True)
class WebParts:
    """What the web application is made of."""

    database: Database
    jobs: procrastinate.App
    channels: Channels
    inbox: Inbox
    notifier: Notifier
    quota: QuotaReader
    line_http: httpx2.AsyncClient
    rasa_http: httpx2.AsyncClient
    preferences: PreferenceBook
    announcer: Announcer
    page_sessions: PageSessions
    accounts: Accounts
    continuations: Continuations
    identity: Room
    keepers: dict[str, Keeper]
    waste: WasteService
    facilities: FacilitiesService
    faq: FaqService
    residents: ResidentsService
    residents_cases: Cases
    grants_used: Store
    faq_feedback: FeedbackBook
    faq_editor: FaqEditor
    staff: StaffRoom


def web_parts(
    settings: Settings, internal_http: httpx2.AsyncClient, clock: Clock = system_clock
) -> WebParts:
    """Compose the web application's parts; nothing connects yet.

    `internal_http` reaches the rooms of this very process.
    """
    database, jobs = Database(settings), make_job_app(settings)
    tasks, inbound = add_tasks(jobs), add_inbound_tasks(jobs)
    channels = Channels(settings)
    inbox_tasks = InboxTasks(
        tasks.take_turn, inbound.fetch_media, inbound.note_group, inbound.report_link
    )
    line_http = _line_client(settings, settings.line_api_base)
    api = LineApi(settings, line_http)
    rasa_http = _rasa_client(settings)
    residents = ResidentsService(database, clock, settings)
    identity_tasks = add_identity_jobs(jobs)
    faq = FaqService(database, clock, settings)
    return WebParts(
        database=database,
        jobs=jobs,
        channels=channels,
        inbox=Inbox(database, clock, channels, inbox_tasks),
        notifier=Notifier(database, clock, tasks.send, program(settings)),
        quota=QuotaReader(api, DEFAULT_CHANNEL),
        line_http=line_http,
        rasa_http=rasa_http,
        preferences=PreferenceBook(database, clock),
        announcer=Announcer(database, clock, add_bulk_job(jobs), program(settings)),
        page_sessions=PageSessions(settings),
        accounts=Accounts(database, api),
        continuations=Continuations(database, clock, tasks.take_turn),
        identity=make_room(settings, database, clock, identity_tasks, internal_http, KEEPING_ROOMS),
        keepers=_keepers(settings, database, clock, rasa_http, residents),
        waste=WasteService(database, clock, settings),
        facilities=FacilitiesService(database, clock, settings),
        residents=residents,
        residents_cases=Cases(Register(database, clock, settings), add_tell_job(jobs)),
        grants_used=Store(settings),
        faq=faq,
        faq_feedback=FeedbackBook(database, clock, settings, faq),
        faq_editor=FaqEditor(database, clock, settings),
        staff=staff_room(settings, database, clock),
    )


def _keepers(
    settings: Settings,
    database: Database,
    clock: Clock,
    rasa_http: httpx2.AsyncClient,
    residents: ResidentsService,
) -> dict[str, Keeper]:
    """Return what hands out and erases, by the names of `KEEPING_ROOMS`."""
    vault = Vault(settings.master_keys, clock)
    register = Register(database, clock, settings)
    return {
        "line": BotKeeper(database, clock, vault, RasaClient(rasa_http)),
        "services/waste": WasteKeeper(database),
        "services/residents": ResidentsKeeper(register, residents),
    }


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
    rasa_http = _rasa_client(settings)
    internal_http = internal_client(settings.internal_base_url, token)
    line_http = _line_client(settings, settings.line_api_base)
    data_http = _line_client(settings, settings.line_data_base)
    rasa = RasaClient(rasa_http)
    api = LineApi(settings, line_http)
    sender = Sender(database, clock, settings, api, Pacer(settings))
    speaker = program(settings)
    identity = IdentityClient(internal_http)
    reports = LinkReports(database, identity)
    inbound = add_inbound_tasks(
        jobs,
        MediaFetcher(database, clock, settings, api.tokens, data_http).fetch,
        GroupNotes(database, clock, settings, api, speaker).note,
        rasa.forget,
        reports.report_link,
        reports.report_unfollow,
    )
    tell_waiting = add_waiting_task(jobs, Waiter(database, clock, sender, speaker).tell)
    turn_jobs = TurnJobs(tell_waiting, inbound.forget_conversation, inbound.report_unfollow)
    taker = TurnTaker(database, clock, rasa, sender, api, turn_jobs, speaker)
    add_tasks(jobs, taker.take, taker.give_up, sender.send)
    add_retention_jobs(jobs, Retention(database, clock, settings, identity))
    bulk_pacer = Pacer(settings, settings.line_multicasts_per_second)
    add_bulk_job(jobs, BulkSender(database, clock, settings, api, bulk_pacer, jobs).send)
    go_on = ContinueClient(internal_http)
    errands = Errands(go_on, identity)
    add_identity_jobs(jobs, errands.tell, errands.ticket_over, errands.finish_deletion)
    notify = NotifyClient(internal_http)
    add_waste_jobs(jobs, WasteService(database, clock, settings), notify)
    add_residents_jobs(jobs, ResidentsService(database, clock, settings))
    add_tell_job(jobs, go_on)
    faq = FaqService(database, clock, settings)
    add_faq_jobs(jobs, FeedbackBook(database, clock, settings, faq))
    return WorkerParts(database, jobs, (line_http, data_http, rasa_http, internal_http))


def _rasa_client(settings: Settings) -> httpx2.AsyncClient:
    token = settings.internal_token.get_secret_value()
    return internal_client(settings.rasa_url, token, timeout=settings.rasa_timeout_seconds)


def _line_client(settings: Settings, base_url: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        base_url=base_url,
        verify=certificates(),
        timeout=settings.line_timeout_seconds,
        trust_env=False,
    )
