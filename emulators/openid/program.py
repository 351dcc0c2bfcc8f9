"""How a stand-in runs as a program of its own."""

import argparse
import contextlib

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from emulators.openid import control, endpoints, pages
from emulators.openid.provider import Provider
from kit.hosts import OwnHosts
from kit.logging import configure_logging, get_logger
from kit.settings import get_settings

log = get_logger(__name__)


def make_app(provider: Provider, routes: list[BaseRoute]) -> Starlette:
    """Return the application: the given routes and those of every stand-in."""
    common = [*endpoints.routes(provider.profile), *control.routes(), pages.files()]
    app = Starlette(routes=[*routes, *common])
    app.state.provider = provider
    return app


def arguments(name: str, description: str | None, port: int) -> argparse.ArgumentParser:
    """Return a parser that knows what every stand-in is told."""
    parser = argparse.ArgumentParser(prog=f"emulators.{name}", description=description)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=port)
    parser.add_argument("--public-url", default="", help="default: 127.0.0.1 and the port")
    parser.add_argument("--client-name", default="市民コンシェルジュ")
    parser.add_argument(
        "--redirect-uri", action="append", help="where codes may go; may be given several times"
    )
    return parser


def public_url(asked: argparse.Namespace) -> str:
    """Return where the stand-in is reached."""
    given: str = asked.public_url or f"http://127.0.0.1:{asked.port}"
    return given.rstrip("/")


def serve(app: Starlette, asked: argparse.Namespace) -> None:
    """Serve until interrupted."""
    settings = get_settings()
    configure_logging(settings.log_level, settings.log_format)
    provider: Provider = app.state.provider
    log.info("stand_in_starts", host=asked.host, port=asked.port, issuer=provider.issuer)
    server = uvicorn.Server(
        uvicorn.Config(
            OwnHosts(app, [provider.issuer]),
            host=asked.host,
            port=asked.port,
            access_log=False,
            server_header=False,
            log_config=None,
            timeout_graceful_shutdown=2,
        )
    )
    # Once everything is closed, uvicorn raises the interruption again.
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(1)
