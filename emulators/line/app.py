"""The emulator as an ASGI application: every route in one list."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from emulators.line import page_routes
from emulators.line.api import (
    account,
    account_link,
    audiences,
    content,
    groups,
    insight,
    liff,
    login,
    login_tokens,
    menu_batches,
    menus,
    messages,
    narrowcasts,
    oauth,
    unknown,
)
from emulators.line.control import admin, happenings, records, scenes, stream, users
from emulators.line.control import groups as group_control
from emulators.line.options import Channel, Options
from emulators.line.platform import Platform, bot_user_id
from kit.clock import Clock, system_clock
from kit.settings import Settings


def make_app(platform: Platform, authority: scenes.Authority | None = None) -> FastAPI:
    """Return the application around one platform; `authority` plays telegrams."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await platform.webhooks.close()

    # Routes are Starlette's own: nothing here needs FastAPI's models, and calls stay cheap.
    app = FastAPI(
        title="LINE emulator",
        lifespan=lifespan,
        openapi_url=None,
        routes=[
            *messages.routes(),
            *users.routes(),
            *group_control.routes(),
            *happenings.routes(),
            *stream.routes(),
            *oauth.routes(),
            *login.routes(),
            *login_tokens.routes(),
            *account.routes(),
            *account_link.routes(),
            *content.routes(),
            *menu_batches.routes(),
            *menus.routes(),
            *narrowcasts.routes(),
            *audiences.routes(),
            *insight.routes(),
            *groups.routes(),
            *liff.routes(),
            *unknown.routes(),
            *admin.routes(),
            *records.routes(),
            *scenes.routes(),
            *page_routes.routes(),
        ],
    )
    app.state.platform = platform
    app.state.authority = authority or scenes.Authority()
    return app


def make_platform(
    settings: Settings,
    options: Options,
    *,
    token: str = "",
    login: tuple[str, str] = ("", ""),
    clock: Clock = system_clock,
) -> Platform:
    """Return a platform for the channel that the settings name.

    `login` is the id and the secret of the login channel; left out, the id is the channel's with
    a 1 behind it, and the secret is the channel's own.
    """
    channel = Channel(
        channel_id=settings.line_channel_id,
        secret=settings.line_channel_secret.get_secret_value(),
        bot_user_id=bot_user_id(settings.line_channel_id),
        login_channel_id=login[0] or f"{settings.line_channel_id}1",
        login_secret=login[1] or settings.line_channel_secret.get_secret_value(),
        long_lived_token=token,
    )
    return Platform(channel, options, clock)
