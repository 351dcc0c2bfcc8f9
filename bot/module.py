"""The LINE channel, as the program takes it in."""

from datetime import date, datetime
from pathlib import Path

import httpx2

from auth.modules import ConsoleLink, Module, Works
from auth.permissions import Permission
from auth.staff import StaffMember
from bot.broadcast import api as broadcast_api
from bot.broadcast import desk as broadcast_desk
from bot.broadcast import models as broadcast_models
from bot.broadcast import parts as broadcast_parts
from bot.broadcast.delivery import BulkSender
from bot.broadcast.drafts import BroadcastDesk
from bot.broadcast.trials import Trials
from bot.citizens import api as citizens_api
from bot.citizens import models as citizens_models
from bot.citizens.api import Accounts
from bot.citizens.reports import LinkReports
from bot.console import afterwards as afterwards_pages
from bot.console import conversations as conversation_pages
from bot.console import drafting as drafting_pages
from bot.console import events as console_events
from bot.console import figures as figures_pages
from bot.console import files as files_pages
from bot.console import frame as frame_pages
from bot.console import own_replies as own_replies_pages
from bot.console import pages as console_pages
from bot.console import starting as starting_pages
from bot.console import training as training_pages
from bot.console.desk_view import DeskView
from bot.console.suggesting import Suggestions
from bot.groups import models as groups_models
from bot.groups.notes import GroupNotes
from bot.handoff import api as handoff_api
from bot.handoff import hours as desk_hours
from bot.handoff import models as handoff_models
from bot.handoff import reading as desk_reading
from bot.handoff import replies as desk_replies
from bot.handoff.desk import StaffDesk
from bot.handoff.hours import load_desk_plan
from bot.handoff.news import DeskNews
from bot.handoff.own_replies import OwnReplies
from bot.handoff.presence import Presence
from bot.handoff.replies import load_replies
from bot.handoff.service import Handoffs
from bot.handoff.translating import Translator
from bot.handoff.typing import Typing
from bot.handoff.updates import Updates
from bot.jobs import (
    ERASE_OLD,
    FETCH_MEDIA,
    FORGET_CITIZEN,
    FORGET_CONVERSATION,
    FORGET_LOST,
    NOTE_GROUP,
    REPORT_LINK,
    REPORT_UNFOLLOW,
    SEND,
    SEND_CHUNK,
    SEND_DRAFT,
    SWITCH_MENUS,
    TAKE_TURN,
    TELL_WAITING,
    TEND_HANDOFFS,
)
from bot.line import models as line_models
from bot.line.channels import Channels
from bot.line.inbox import Inbox
from bot.line.webhook import webhook_route
from bot.media import api as media_api
from bot.media import models as media_models
from bot.media import pages as media_pages
from bot.media.api import PhotoBook
from bot.media.fetcher import MediaFetcher
from bot.media.models import Media
from bot.media.outgoing import SentFiles
from bot.menus import mode as menu_mode
from bot.menus.source import read_menus
from bot.messages.speakers import Speaker, program
from bot.preferences import api as preferences_api
from bot.preferences import models as preferences_models
from bot.preferences import pages as preferences_pages
from bot.preferences.service import PreferenceService
from bot.preferences.sessions import PageSessions
from bot.retention import personal_data
from bot.retention.personal_data import BotPersonalData
from bot.retention.service import Retention
from bot.sender import models as sender_models
from bot.sender import notifications
from bot.sender.line_api import LineApi
from bot.sender.models import Outbound
from bot.sender.notifications import Notifier
from bot.sender.quota import QuotaReader
from bot.sender.rate_limiter import RateLimiter
from bot.sender.sender import Sender
from bot.turns import continuations
from bot.turns.continuations import Continuations
from bot.turns.handler import TurnHandler
from bot.turns.rasa import RasaClient
from bot.turns.waiting import Waiter
from identity.contract import IdentityClient
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.errors import ConciergeError
from kit.http import InternalClient, certificates, internal_client
from kit.jobs import Worked
from kit.outbound import provider_client
from kit.settings import DEFAULT_CHANNEL, Settings
from kit.tables import ImportReport
from kit.vault import Vault
from messages.continuations import TELL_TALK, ContinueClient, TalkTeller
from services.disaster.contract import DisasterClient
from services.faq.contract import FaqClient
from services.waste.contract import WasteClient

HERE = Path(__file__).parent


def provide(container: Container) -> None:
    """Say how the parts are made."""
    _provide_outside(container)
    _provide_message_way(container)
    _provide_pages(container)


def _provide_outside(container: Container) -> None:
    """LINE and Rasa, as this process reaches them."""
    container.provide(Channels, lambda c: Channels(c.get(Settings)))
    container.provide(LineApi, _line_api)
    container.provide(RasaClient, _rasa)
    container.provide(QuotaReader, lambda c: QuotaReader(c.get(LineApi), DEFAULT_CHANNEL))
    container.provide(Speaker, lambda c: program(c.get(Settings)))
    container.provide(Vault, lambda c: Vault(c.get(Settings).master_keys, c.get(Clock)))
    container.provide(SentFiles, lambda c: SentFiles(c.get(Database), c.get(Vault)))
    container.provide(PhotoBook, lambda c: PhotoBook(c.get(Database), c.get(Vault)))


def _provide_message_way(container: Container) -> None:
    container.provide(Inbox, lambda c: Inbox(c.get(Database), c.get(Clock), c.get(Channels)))
    container.provide(Continuations, lambda c: Continuations(c.get(Database), c.get(Clock)))
    container.provide(Notifier, lambda c: Notifier(c.get(Database), c.get(Clock), c.get(Speaker)))
    broadcast_parts.provide(container)
    container.provide(Sender, _sender)
    container.provide(
        menu_mode.MenuMode,
        lambda c: menu_mode.MenuMode(c.get(Settings), DisasterClient(c.get(InternalClient))),
    )
    container.provide(
        Waiter,
        lambda c: Waiter(
            c.get(Database), c.get(Clock), c.get(Sender), c.get(Speaker), c.get(Handoffs)
        ),
    )
    container.provide(TurnHandler, _handler)
    container.provide(Updates, _updates)
    container.provide(DeskNews, lambda c: DeskNews(c.get(Database), c.get(Updates)))
    container.provide(Handoffs, _handoffs)
    container.provide(Presence, _presence)
    container.provide(OwnReplies, lambda c: OwnReplies(c.get(Database), c.get(Clock)))
    container.provide(StaffDesk, _staff_desk)
    container.provide(DeskView, _desk_view)
    container.provide(
        Typing,
        lambda c: Typing(c.get(Database), c.get(StaffDesk), c.get(Presence), c.get(LineApi)),
    )
    container.provide(Suggestions, lambda c: Suggestions(c.get(FaqClient), c.get(Clock)))
    container.provide(Translator, _translator)
    container.provide(FaqClient, lambda c: FaqClient(c.get(InternalClient)))


def _provide_pages(container: Container) -> None:
    container.provide(PreferenceService, lambda c: PreferenceService(c.get(Database), c.get(Clock)))
    container.provide(PageSessions, _page_sessions)
    container.provide(Accounts, lambda c: Accounts(c.get(Database), c.get(LineApi)))
    container.provide(WasteClient, lambda c: WasteClient(c.get(InternalClient)))
    container.provide(
        BotPersonalData,
        lambda c: BotPersonalData(c.get(Database), c.get(Clock), c.get(Vault), c.get(RasaClient)),
    )


def _line_api(container: Container) -> LineApi:
    settings = container.get(Settings)
    return LineApi(settings, _line_client(container, settings.line_api_base))


def _line_client(container: Container, base_url: str) -> httpx2.AsyncClient:
    timeout = container.get(Settings).line_timeout_seconds
    client = httpx2.AsyncClient(
        base_url=base_url, verify=certificates(), timeout=timeout, trust_env=False
    )
    container.on_close(client.aclose)
    return client


def _rasa(container: Container) -> RasaClient:
    settings = container.get(Settings)
    token = settings.internal_token.get_secret_value()
    client = internal_client(settings.rasa_url, token, timeout=settings.rasa_timeout_seconds)
    container.on_close(client.aclose)
    return RasaClient(client, settings.city)


def _page_sessions(container: Container) -> PageSessions:
    sessions = PageSessions(container.get(Settings))
    container.on_close(sessions.close)
    return sessions


def _updates(container: Container) -> Updates:
    updates = Updates(container.get(Settings))
    container.on_close(updates.close)
    return updates


def _presence(container: Container) -> Presence:
    presence = Presence(container.get(Settings), container.get(Clock), container.get(Updates))
    container.on_close(presence.close)
    return presence


def _translator(container: Container) -> Translator:
    http = provider_client()
    container.on_close(http.aclose)
    return Translator(container.get(Settings), http)


def _handoffs(container: Container) -> Handoffs:
    return Handoffs(
        container.get(Database),
        container.get(Clock),
        container.get(Settings),
        container.get(Speaker),
        container.get(Updates),
    )


def _staff_desk(container: Container) -> StaffDesk:
    return StaffDesk(
        container.get(Database),
        container.get(Clock),
        container.get(Settings),
        container.get(Speaker),
        container.get(Handoffs),
        container.get(Updates),
        container.get(Vault),
    )


def _desk_view(container: Container) -> DeskView:
    return DeskView(
        container.get(Database),
        container.get(Clock),
        container.get(RasaClient),
        container.get(Vault),
    )


def _sender(container: Container) -> Sender:
    settings, clock = container.get(Settings), container.get(Clock)
    api = container.get(LineApi)
    return Sender(container.get(Database), clock, settings, api, RateLimiter(settings))


def _handler(container: Container) -> TurnHandler:
    return TurnHandler(
        container.get(Database),
        container.get(Clock),
        container.get(RasaClient),
        container.get(Sender),
        container.get(LineApi),
        container.get(Speaker),
        container.get(Handoffs),
        container.get(Trials),
    )


def works(container: Container) -> Works:
    """Say what a worker does."""
    return {**_conversation_works(container), **_other_works(container)}


def _conversation_works(container: Container) -> Works:
    handler, sender = container.get(TurnHandler), container.get(Sender)
    return {
        TAKE_TURN: Worked(handler.take, handler.give_up),
        SEND: Worked(container.get(DeskNews).after(sender.send, Outbound)),
        TELL_WAITING: Worked(container.get(Waiter).tell),
        FORGET_CONVERSATION: Worked(container.get(RasaClient).forget),
        TELL_TALK: Worked(TalkTeller(ContinueClient(container.get(InternalClient))).tell),
    }


def _other_works(container: Container) -> Works:
    database, clock = container.get(Database), container.get(Clock)
    settings, api = container.get(Settings), container.get(LineApi)
    identity = container.get(IdentityClient)
    limiter = RateLimiter(settings, settings.line_multicasts_per_second)
    data_http = _line_client(container, settings.line_data_base)
    fetcher = MediaFetcher(database, clock, settings, api.tokens, data_http)
    notes = GroupNotes(database, clock, settings, api, container.get(Speaker))
    reports = LinkReports(database, identity)
    retention = Retention(database, clock, settings, identity)
    return {
        SEND_CHUNK: Worked(BulkSender(database, clock, settings, api, limiter).send),
        FETCH_MEDIA: Worked(container.get(DeskNews).after(fetcher.fetch, Media)),
        NOTE_GROUP: Worked(notes.note),
        REPORT_LINK: Worked(reports.report_link),
        REPORT_UNFOLLOW: Worked(reports.report_unfollow),
        FORGET_CITIZEN: Worked(retention.forget_citizen),
        ERASE_OLD: Worked(retention.erase_old),
        FORGET_LOST: Worked(retention.forget_lost),
        TEND_HANDOFFS: Worked(container.get(Handoffs).tend),
        SEND_DRAFT: Worked(container.get(BroadcastDesk).send_scheduled),
        SWITCH_MENUS: Worked(container.get(menu_mode.MenuMode).follow),
    }


async def _drafts_waiting(container: Container, _member: StaffMember) -> int:
    return await container.get(BroadcastDesk).waiting()


async def _people_waiting(container: Container, member: StaffMember) -> int:
    async with container.get(Database).statement() as session:
        return await desk_reading.waiting(session, member.desks)


async def _longest_waiting(container: Container, member: StaffMember) -> datetime | None:
    async with container.get(Database).statement() as session:
        return await desk_reading.waiting_since(session, member.desks)


def read_files(folder: Path, _today: date) -> ImportReport | None:
    """Read the menus and the files of the desk, where the folder has any."""
    report = ImportReport("menus")
    if (folder / "menus").is_dir():
        try:
            _, languages = read_menus(folder / "menus")
            report.rows = len(languages)
        except ConciergeError as error:
            report.reject("menus", 0, "", error.message)
    for file, read in ((desk_hours.FILE, load_desk_plan), (desk_replies.FILE, load_replies)):
        try:
            read(folder)
        except ConciergeError as error:
            report.reject(file, 0, "", error.message)
    return report if report.rows or report.problems else None


MODULE = Module(
    name="line",
    read_files=read_files,
    provide=provide,
    first_routes=(webhook_route,),
    routers=(
        notifications.router,
        continuations.router,
        citizens_api.router,
        broadcast_api.router,
        menu_mode.router,
        broadcast_desk.router,
        handoff_api.router,
        media_api.router,
        media_pages.router,
        preferences_api.router,
        preferences_pages.router,
        console_pages.router,
        own_replies_pages.router,
        training_pages.router,
        training_pages.review,
        afterwards_pages.router,
        files_pages.router,
        drafting_pages.router,
        starting_pages.router,
        conversation_pages.router,
        console_events.router,
        figures_pages.router,
        frame_pages.router,
        personal_data.router,
    ),
    static={"/static/line": HERE / "static"},
    models=(
        citizens_models,
        line_models,
        sender_models,
        media_models,
        groups_models,
        preferences_models,
        broadcast_models,
        handoff_models,
    ),
    works=works,
    personal_data=personal_data.HOLDER,
    pages={"/my/settings": "受け取るお知らせの設定"},
    console_links=(
        ConsoleLink("/console/deliveries", "送信の状況", Permission.metrics_read),
        ConsoleLink("/console/broadcasts/", "配信を作る", Permission.broadcast_prepare),
        ConsoleLink(
            "/console/broadcasts/",
            "配信の承認",
            Permission.broadcast_approve,
            count=_drafts_waiting,
        ),
        ConsoleLink(
            "/console/conversations/",
            "職員への相談",
            Permission.conversations_read,
            count=_people_waiting,
            oldest=_longest_waiting,
        ),
        ConsoleLink("/console/figures/", "対応の数字", Permission.metrics_read),
    ),
)
