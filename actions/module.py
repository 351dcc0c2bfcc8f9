"""The action server, as the program takes it in."""

from rasa_sdk.executor import ActionExecutor

from actions.base import ActionContext
from actions.server import make_executor, router
from auth.modules import Module
from kit.clock import Clock
from kit.container import Container
from kit.http import InternalClient
from kit.settings import Settings


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(
        ActionContext,
        lambda c: ActionContext(c.get(InternalClient), c.get(Clock), c.get(Settings)),
    )
    container.provide(ActionExecutor, lambda c: make_executor(c.get(ActionContext)))


MODULE = Module(name="actions", provide=provide, routers=(router,))
