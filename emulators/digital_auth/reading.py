"""The pages: agree, enter the PIN, hold the card to the phone, as the app asks for it."""

import re

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from emulators.digital_auth.cards import DEMO_PIN, Card
from emulators.digital_auth.provider import PROFILE, digital_auth
from emulators.openid import authorize, pages
from emulators.openid.errors import PageError
from emulators.openid.interactions import Interaction
from emulators.openid.serve import Call, own_page_only, route

# A card that was read with its PIN reaches the highest level; there is no other way in here.
_ACR = "aal3"
_PIN = re.compile(r"[0-9]{4}")
_ITEMS = {
    "name": "氏名",
    "address": "住所",
    "birthdate": "生年月日",
    "gender": "性別",
}
_NOT_FOUR_DIGITS = "4桁の数字を入力してください。"


def routes() -> list[Route]:
    """Return the pages."""
    return [
        route("GET", "/", front),
        route("GET", PROFILE.authorize, ask),
        route("GET", "/interaction/{id}", show),
        route("POST", "/interaction/{id}/agree", agree),
        route("POST", "/interaction/{id}/pin", enter_pin),
        route("POST", "/interaction/{id}/card", read_card),
        route("POST", "/interaction/{id}/cancel", cancel),
    ]


async def front(call: Call) -> Response:
    """Say what this is and which cards there are."""
    cards = digital_auth(call.provider).cards.values()
    return pages.page(call.provider, "digital_auth/front.html", cards=cards, pin=DEMO_PIN)


async def ask(call: Call) -> Response:
    """Take an authorization request; every one asks for the card anew."""
    asked = authorize.read(call)
    if isinstance(asked, Response):
        return asked
    if "none" in asked.prompt:
        return authorize.refuse(call, asked, "login_required", "The card must be read.")
    return _on(call.provider.interactions.begin(asked, call.provider.now()))


async def show(call: Call) -> Response:
    """Show the page that is next."""
    it = _interaction(call)
    if it.stopped:
        card = digital_auth(call.provider).cards[it.person_id]
        return pages.page(call.provider, "digital_auth/stopped.html", it=it, card=card)
    if not it.agreed:
        items = [words for scope, words in _ITEMS.items() if scope in it.asked.scope]
        return pages.page(call.provider, "digital_auth/agree.html", it=it, items=items)
    if not it.pin:
        problem = it.take_problem()
        name = "digital_auth/pin.html"
        return pages.page(call.provider, name, it=it, problem=problem, demo_pin=DEMO_PIN)
    cards = digital_auth(call.provider).cards.values()
    return pages.page(call.provider, "digital_auth/card.html", it=it, cards=cards)


async def agree(call: Call) -> Response:
    """Note that the person agrees to what is asked for."""
    it = _interaction(call)
    it.agreed = True
    return _on(it)


async def enter_pin(call: Call) -> Response:
    """Keep the PIN until the card is there; nothing is counted before the card has seen it."""
    it = _interaction(call)
    pin = call.form.get("pin", "")
    if _PIN.fullmatch(pin):
        it.pin = pin
    else:
        it.problem = _NOT_FOUR_DIGITS
    return _on(it)


async def read_card(call: Call) -> Response:
    """Read the card that is held to the phone: back to the client, or on to what is wrong."""
    it = _interaction(call)
    if not (it.agreed and it.pin) or it.stopped:
        return _on(it)
    card = digital_auth(call.provider).cards.get(call.form.get("card", ""))
    if card is None:
        raise PageError("このカードは登録されていません。")
    outcome, it.pin = card.read(it.pin), ""
    it.person_id = card.user_id
    call.notes |= {"person": card.user_id, "outcome": outcome}
    if outcome == "ok":
        it.auth_time = call.provider.seconds_now()
        return authorize.grant(call, it, _ACR)
    if outcome == "wrong_pin":
        it.problem = _wrong_pin(card)
    else:
        it.stopped = outcome
    return _on(it)


async def cancel(call: Call) -> Response:
    """Send the browser back without a result; why is nobody's business but the person's."""
    return authorize.deny(call, _interaction(call), "The user cancelled or could not finish.")


def _on(it: Interaction) -> Response:
    return RedirectResponse(it.path, 303)


def _wrong_pin(card: Card) -> str:
    return f"暗証番号が違います。あと{card.tries_left}回間違えるとロックされます。"


def _interaction(call: Call) -> Interaction:
    if call.request.method == "POST":
        own_page_only(call)
    provider = call.provider
    interaction_id: str = call.request.path_params["id"]
    seconds = provider.options.interaction_seconds
    it = provider.interactions.find(interaction_id, provider.now(), seconds)
    call.notes["client_id"] = it.asked.client.client_id
    return it
