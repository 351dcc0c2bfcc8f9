"""Accounts in the control API: look, add, change."""

from starlette.requests import Request
from starlette.routing import Route

from emulators.jose.jws import Json
from emulators.my_id.accounts import Account
from emulators.my_id.provider import my_id
from emulators.openid.control import control_route, parsed, read_object
from emulators.openid.errors import ControlError
from emulators.openid.provider import Provider


def routes() -> list[Route]:
    """Return the routes."""
    return [
        control_route("GET", "/users", list_users),
        control_route("POST", "/users", add_user),
        control_route("PATCH", "/users/{id}", change_user),
    ]


async def list_users(provider: Provider, _request: Request) -> Json:
    """Return every account, with its password: nothing here is secret."""
    return {"users": [_shown(account) for account in my_id(provider).accounts.values()]}


async def add_user(provider: Provider, request: Request) -> Json:
    """Add an account (see `accounts.Account`; at least `user_id` and `name`)."""
    account = parsed(Account, await read_object(request))
    if account.user_id in my_id(provider).accounts:
        raise ControlError(409, "There is a user with this user_id; change it with PATCH.")
    my_id(provider).accounts[account.user_id] = account
    return _shown(account)


async def change_user(provider: Provider, request: Request) -> Json:
    """Change members of an account, for instance `{"locked": true}`."""
    accounts = my_id(provider).accounts
    old = accounts.get(request.path_params["id"])
    if old is None:
        raise ControlError(404, "There is no such user.")
    wanted = old.model_dump() | await read_object(request)
    if wanted["user_id"] != old.user_id:
        raise ControlError(400, "A user_id cannot be changed.")
    accounts[old.user_id] = parsed(Account, wanted)
    return _shown(accounts[old.user_id])


def _shown(account: Account) -> Json:
    return {**account.model_dump(), "sub": account.sub}
