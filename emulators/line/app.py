"""The emulator as an ASGI application: every route in one list."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from emulators.line import page_routes
from emulators.line.api import account, content, menus, messages, oauth, unknown
from emulators.line.control import admin, stream, users
from emulators.line.options import Channel, Options
from emulators.line.platform import Platform, bot_user_id
from kit.clock import Clock, system_clock
from kit.settings import Settings


def make_app(platform: Platform) -> FastAPI:
    """Return the application around one platform."""

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
            *stream.routes(),
            *oauth.routes(),
            *account.routes(),
            *content.routes(),
            *menus.routes(),
            *unknown.routes(),
            *admin.routes(),
            *page_routes.routes(),
        ],
    )
    app.state.platform = platform
    return app


def make_platform(
    settings: Settings, options: Options, *, token: str = "", clock: Clock = system_clock
) -> Platform:
    """Return a platform for the channel that the settings name."""
    channel = Channel(
        channel_id=settings.line_channel_id,
        secret=settings.line_channel_secret.get_secret_value(),
        bot_user_id=bot_user_id(settings.line_channel_id),
        long_lived_token=token,
    )
    return Platform(channel, options, clock)
