"""How the parts of broadcasts are made."""

from bot.broadcast.announcer import Announcer
from bot.broadcast.drafts import BroadcastDesk
from bot.broadcast.targets import Targets
from bot.broadcast.trials import Trials
from bot.messages.speakers import Speaker
from bot.sender.notifications import Notifier
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.http import InternalClient
from kit.settings import Settings
from services.disaster.contract import DisasterClient
from services.places.contract import PlacesClient


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(Announcer, lambda c: Announcer(c.get(Database), c.get(Clock), c.get(Speaker)))
    container.provide(
        BroadcastDesk, lambda c: BroadcastDesk(c.get(Database), c.get(Clock), c.get(Announcer))
    )
    container.provide(Trials, _trials)
    container.provide(Targets, _targets)


def _trials(c: Container) -> Trials:
    trials = Trials(c.get(Database), c.get(Clock), c.get(Settings), c.get(Notifier))
    c.on_close(trials.close)
    return trials


def _targets(c: Container) -> Targets:
    http = c.get(InternalClient)
    return Targets(PlacesClient(http), DisasterClient(http))
