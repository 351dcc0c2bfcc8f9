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
from bot.preferences.service import PreferenceService
from bot.preferences.sessions import PageSessions
from bot.retention.jobs import Retention, add_retention_jobs
from bot.retention.personal_data import BotPersonalData
from bot.sender.line_api import LineApi
from bot.sender.notifications import Notifier
from bot.sender.quota import QuotaReader
from bot.sender.rate_limiter import RateLimiter
from bot.sender.sender import Sender
from bot.turns.continuations import Continuations
from bot.turns.handler import TurnHandler, TurnJobs
from bot.turns.jobs import add_tasks, add_waiting_task
from bot.turns.rasa import RasaClient
from bot.turns.waiting import Waiter
from identity.container import IdentityContainer, make_identity
from identity.contract import IdentityClient
from identity.jobs import IdentityJobs
from identity.jobs import add_jobs as add_identity_jobs
from identity.staff.container import StaffContainer, make_staff
from kit.clock import Clock, system_clock
from kit.db import Database
from kit.http import certificates, internal_client
from kit.jobs import make_job_app
from kit.personal_data import PersonalData, PersonalDataHolder
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
from services.residents.personal_data import ResidentsPersonalData
from services.residents.register import Register
from services.residents.service import ResidentsService
from services.waste.jobs import add_jobs as add_waste_jobs
from services.waste.personal_data import WastePersonalData
from services.waste.service import WasteService

# Every package that keeps something of citizens (`kit.personal_data`); a new service adds its line.
PERSONAL_DATA_HOLDERS = (
    PersonalDataHolder("line"),
    PersonalDataHolder("services/waste"),
    PersonalDataHolder("services/residents", scope="residents:export"),
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
    preferences: PreferenceService
    announcer: Announcer
    page_sessions: PageSessions
    accounts: Accounts
    continuations: Continuations
    identity: IdentityContainer
    personal_data: dict[str, PersonalData]
    waste: WasteService
    facilities: FacilitiesService
    faq: FaqService
    residents: ResidentsService
    residents_cases: Cases
    grants_used: Store
    faq_feedback: FeedbackBook
    faq_editor: FaqEditor
    staff: StaffContainer


def web_parts(
    settings: Settings, internal_http: httpx2.AsyncClient, clock: Clock = system_clock
) -> WebParts:
    """Compose the web application's parts; nothing connects yet.

    `internal_http` reaches the packages of this very process.
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
        preferences=PreferenceService(database, clock),
        announcer=Announcer(database, clock, add_bulk_job(jobs), program(settings)),
        page_sessions=PageSessions(settings),
        accounts=Accounts(database, api),
        continuations=Continuations(database, clock, tasks.take_turn),
        identity=make_identity(
            settings, database, clock, identity_tasks, internal_http, PERSONAL_DATA_HOLDERS
        ),
        personal_data=_personal_data(settings, database, clock, rasa_http, residents),
        waste=WasteService(database, clock, settings),
        facilities=FacilitiesService(database, clock, settings),
        residents=residents,
        residents_cases=Cases(Register(database, clock, settings), add_tell_job(jobs)),
        grants_used=Store(settings),
        faq=faq,
        faq_feedback=FeedbackBook(database, clock, settings, faq),
        faq_editor=FaqEditor(database, clock, settings),
        staff=make_staff(settings, database, clock),
    )


def _personal_data(
    settings: Settings,
    database: Database,
    clock: Clock,
    rasa_http: httpx2.AsyncClient,
    residents: ResidentsService,
) -> dict[str, PersonalData]:
    """Return what hands out and erases, by the names of `PERSONAL_DATA_HOLDERS`."""
    vault = Vault(settings.master_keys, clock)
    register = Register(database, clock, settings)
    return {
        "line": BotPersonalData(database, clock, vault, RasaClient(rasa_http)),
        "services/waste": WastePersonalData(database),
        "services/residents": ResidentsPersonalData(register, residents),
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
    sender = Sender(database, clock, settings, api, RateLimiter(settings))
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
    handler = TurnHandler(database, clock, rasa, sender, api, turn_jobs, speaker)
    add_tasks(jobs, handler.take, handler.give_up, sender.send)
    add_retention_jobs(jobs, Retention(database, clock, settings, identity))
    bulk_rate_limiter = RateLimiter(settings, settings.line_multicasts_per_second)
    add_bulk_job(jobs, BulkSender(database, clock, settings, api, bulk_rate_limiter, jobs).send)
    continue_conversation = ContinueClient(internal_http)
    identity_jobs = IdentityJobs(continue_conversation, identity)
    add_identity_jobs(
        jobs, identity_jobs.tell, identity_jobs.link_expired, identity_jobs.finish_deletion
    )
    notify = NotifyClient(internal_http)
    add_waste_jobs(jobs, WasteService(database, clock, settings), notify)
    add_residents_jobs(jobs, ResidentsService(database, clock, settings))
    add_tell_job(jobs, continue_conversation)
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
