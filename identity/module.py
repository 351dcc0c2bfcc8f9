"""Identity, as the program takes it in."""

from auth.citizens import CitizenClient
from auth.gate import Gate
from auth.jwks import RemoteKeys
from auth.modules import ConsoleLink, Module, Modules, Works
from auth.permissions import Permission
from auth.staff import StaffClient
from auth.store import Store
from identity import api, models
from identity.account import pages as account_pages
from identity.container import IdentityContainer, make_identity
from identity.contract import IdentityClient
from identity.jobs import FINISH_DELETION, LINK_EXPIRED
from identity.login import pages as login_pages
from identity.login import visits
from identity.staff import account_pages as staff_account_pages
from identity.staff import api as staff_api
from identity.staff import approval_pages as staff_approval_pages
from identity.staff import login_pages as staff_login_pages
from identity.staff import models as staff_models
from identity.staff import staff_pages
from identity.staff.container import StaffContainer, make_staff
from kit import vault
from kit.clock import Clock
from kit.container import Container
from kit.db import Database
from kit.http import InternalClient
from kit.jobs import Worked
from kit.settings import Settings


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(IdentityClient, lambda c: IdentityClient(c.get(InternalClient)))
    container.provide(StaffClient, lambda c: StaffClient(c.get(InternalClient)))
    container.provide(CitizenClient, lambda c: CitizenClient(c.get(InternalClient)))
    container.provide(IdentityContainer, _identity)
    container.provide(StaffContainer, _staff)
    container.provide(Gate, _gate)


def _identity(container: Container) -> IdentityContainer:
    modules = container.get(Modules)
    made = make_identity(
        container.get(Settings),
        container.get(Database),
        container.get(Clock),
        container.get(InternalClient),
        tuple(m.personal_data for m in modules if m.personal_data is not None),
    )
    container.on_close(made.close)
    return made


def _staff(container: Container) -> StaffContainer:
    made = make_staff(container.get(Settings), container.get(Database), container.get(Clock))
    container.on_close(made.close)
    return made


def _gate(container: Container) -> Gate:
    settings, clock = container.get(Settings), container.get(Clock)
    used = Store(settings)
    container.on_close(used.close)
    keys = RemoteKeys("/identity/jwks.json", container.get(InternalClient), clock)
    return Gate(keys, used, settings, clock)


def works(container: Container) -> Works:
    """Say what a worker does."""
    client = container.get(IdentityClient)
    return {
        LINK_EXPIRED: Worked(client.link_expired),
        FINISH_DELETION: Worked(client.finish_deletion),
    }


MODULE = Module(
    name="identity",
    provide=provide,
    routers=(
        api.internal,
        visits.router,
        api.public,
        login_pages.router,
        account_pages.router,
        staff_api.router,
        staff_login_pages.router,
        staff_account_pages.router,
        staff_approval_pages.router,
        staff_pages.router,
    ),
    models=(models, staff_models, vault),
    works=works,
    pages={"/identity/account": "お預かりの情報"},
    console_links=(ConsoleLink("/console/staff/", "職員の管理", Permission.staff_manage),),
)
