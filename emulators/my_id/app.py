"""The stand-in as an ASGI application."""

from starlette.applications import Starlette

from emulators.my_id import control, sign_in, sign_out
from emulators.my_id.provider import MyId
from emulators.openid import program


def make_app(provider: MyId) -> Starlette:
    """Return the application around one provider."""
    return program.make_app(provider, [*sign_in.routes(), *sign_out.routes(), *control.routes()])
