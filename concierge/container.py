"""The composition of one process for one city: every module's parts, by type."""

from auth.kept_forms import KeptForms
from auth.modules import Modules, ModulesNavigation
from auth.staff import Navigation
from auth.store import Store
from concierge.modules import load_modules
from kit.clock import Clock, system_clock
from kit.console import FormKeeper
from kit.container import Container
from kit.db import Database
from kit.http import InternalClient, internal_client
from kit.settings import Settings


def make_container(
    settings: Settings,
    internal: InternalClient | None = None,
    clock: Clock = system_clock,
    modules: Modules | None = None,
) -> Container:
    """Compose everything; nothing connects yet.

    `settings` are those of one city. `internal` reaches the packages; without it, over the network.
    """
    container = Container()
    container.put(Settings, settings)
    container.put(Clock, clock)
    container.put(Modules, load_modules() if modules is None else modules)
    container.provide(Navigation, ModulesNavigation)
    container.provide(FormKeeper, _form_keeper)
    container.provide(Database, _database)
    if internal is None:
        container.provide(InternalClient, _internal)
    else:
        container.put(InternalClient, internal)
        container.on_close(internal.aclose)
    for module in container.get(Modules):
        module.provide(container)
    return container


def _form_keeper(container: Container) -> FormKeeper:
    settings = container.get(Settings)
    forms = KeptForms(Store(settings, "forms"), settings)
    container.on_close(forms.close)
    return forms


def _database(container: Container) -> Database:
    database = Database(container.get(Settings))
    container.on_close(database.close)
    return database


def _internal(container: Container) -> InternalClient:
    settings = container.get(Settings)
    token = settings.internal_token.get_secret_value()
    client = internal_client(settings.internal_base_url, token, city=settings.city)
    container.on_close(client.aclose)
    return client
