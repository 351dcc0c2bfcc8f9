"""The stand-in as an ASGI application."""

from starlette.applications import Starlette

from emulators.digital_auth import control, reading
from emulators.digital_auth.provider import DigitalAuth
from emulators.openid import program


def make_app(provider: DigitalAuth) -> Starlette:
    """Return the application around one provider."""
    return program.make_app(provider, [*reading.routes(), *control.routes()])
