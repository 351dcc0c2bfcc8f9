"""Run the emulator: `python -m emulators.line --port 8100 --webhook-url http://…/line/webhook`."""

import argparse
import contextlib
from types import FrameType

import uvicorn
from pydantic import SecretStr

from emulators.jma.scenes import read_scenes
from emulators.line.app import make_app, make_platform
from emulators.line.control.scenes import Authority
from emulators.line.options import Options
from emulators.line.platform import Platform
from kit.hosts import OwnHosts
from kit.logging import configure_logging, get_logger
from kit.settings import Settings, get_settings

log = get_logger(__name__)


class _Server(uvicorn.Server):
    """Lets go of open pages and waiting calls before it waits for requests to end."""

    platform: Platform

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        for chat in (*self.platform.people, *self.platform.groups):
            chat.talk.release()
        super().handle_exit(sig, frame)


def main() -> None:
    """Serve until interrupted."""
    asked = _arguments()
    settings = get_settings().model_copy(
        update={
            "line_channel_id": asked.channel_id,
            "line_channel_secret": SecretStr(asked.channel_secret),
        }
    )
    configure_logging(settings.log_level, settings.log_format)
    platform = make_platform(
        settings,
        Options(webhook_url=asked.webhook_url),
        token=asked.access_token,
        login=(asked.login_channel_id, asked.login_channel_secret),
    )
    authority = Authority(read_scenes(settings.city_dir), settings.known_disaster_token)
    log.info("line_emulator_starts", host=asked.host, port=asked.port)
    server = _Server(
        uvicorn.Config(
            OwnHosts(make_app(platform, authority), _addresses(settings)),
            host=asked.host,
            port=asked.port,
            access_log=False,
            server_header=False,
            log_config=None,
            timeout_graceful_shutdown=2,
        )
    )
    server.platform = platform
    # Once everything is closed, uvicorn raises the interruption again.
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(1)


def _addresses(settings: Settings) -> tuple[str, ...]:
    """Return under which names the program and browsers reach us, beside bare addresses."""
    return settings.line_api_base, settings.line_data_base, settings.line_access_base


def _arguments() -> argparse.Namespace:
    settings = get_settings()
    parser = argparse.ArgumentParser(prog="emulators.line", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--webhook-url", default="http://127.0.0.1:8000/line/webhook")
    parser.add_argument("--channel-id", default=settings.line_channel_id)
    parser.add_argument("--channel-secret", default=settings.line_channel_secret.get_secret_value())
    parser.add_argument("--access-token", default="", help="a long-lived token to accept")
    parser.add_argument("--login-channel-id", default="", help="default: the channel's id and a 1")
    parser.add_argument("--login-channel-secret", default="", help="default: the channel's own")
    return parser.parse_args()


if __name__ == "__main__":
    main()
