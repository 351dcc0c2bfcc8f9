"""Cards in the control API: look, add, change."""

from starlette.requests import Request
from starlette.routing import Route

from emulators.digital_auth.cards import Card
from emulators.digital_auth.provider import digital_auth
from emulators.jose.jws import Json
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
    """Return every card with its holder and PIN: nothing here is secret."""
    return {"users": [_shown(card) for card in digital_auth(provider).cards.values()]}


async def add_user(provider: Provider, request: Request) -> Json:
    """Add a card (see `cards.Card`; at least `user_id` and the four items)."""
    cards = digital_auth(provider).cards
    card = parsed(Card, await read_object(request))
    if card.user_id in cards:
        raise ControlError(409, "There is a user with this user_id; change it with PATCH.")
    cards[card.user_id] = card
    return _shown(card)


async def change_user(provider: Provider, request: Request) -> Json:
    """Change members of a card, for instance `{"certificate": "revoked"}`."""
    cards = digital_auth(provider).cards
    old = cards.get(request.path_params["id"])
    if old is None:
        raise ControlError(404, "There is no such user.")
    wanted = old.model_dump() | await read_object(request)
    if wanted["user_id"] != old.user_id:
        raise ControlError(400, "A user_id cannot be changed.")
    cards[old.user_id] = parsed(Card, wanted)
    return _shown(cards[old.user_id])


def _shown(card: Card) -> Json:
    return {**card.model_dump(mode="json"), "locked": card.locked}
