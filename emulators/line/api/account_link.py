"""Account link: the token for the bot, and the dialog that LINE shows to the person."""

import re

from starlette.routing import Route

from emulators.line import events
from emulators.line.api.account import person_of
from emulators.line.api.call import Answer, Call, line_route
from emulators.line.errors import NOT_FOUND, Json, LineError
from emulators.line.people import Person
from emulators.line.web_pages import answers, page, problem, question

_DIALOG = "/dialog/bot/accountLink"
_NONCE = re.compile(r"\S{10,255}")
_TITLE = "アカウントの連携"


def routes() -> list[Route]:
    """Return the endpoint and the dialog."""
    return [
        line_route("POST", "/v2/bot/user/{userId}/linkToken", issue),
        line_route("GET", _DIALOG, ask, bearer=False),
        line_route("POST", _DIALOG, link, bearer=False),
    ]


async def issue(call: Call) -> Answer:
    """Give a link token for a friend."""
    person = person_of(call)
    if person is None or not person.friend:
        raise LineError(404, NOT_FOUND, reason="only friends can link their account")
    return Answer({"linkToken": call.platform.links.issue(person.user_id, call.platform.now())})


async def ask(call: Call) -> Answer:
    """Show the dialog. A worthless token or nonce is told to the person only: no webhook."""
    given = dict(call.request.query_params)
    owner = _owner(call, given)
    if isinstance(owner, str):
        return problem(call, _TITLE, owner)
    words = f"「{call.platform.channel.name}」とお使いのアカウントを連携します。"
    hidden = {"linkToken": given["linkToken"], "nonce": given["nonce"]}
    return question(call, _TITLE, words, hidden=hidden, yes="連携する", chosen=owner.user_id)


async def link(call: Call) -> Answer:
    """Link, or fail when somebody else answers than the token was made for."""
    given = answers(call)
    owner = _owner(call, given)
    if isinstance(owner, str):
        return problem(call, _TITLE, owner)
    if given.get("choice") != "yes":
        return page(_TITLE, "<p>連携しませんでした。</p>")
    platform, nonce = call.platform, given["nonce"]
    platform.links.spend(given["linkToken"])
    call.users = (owner.user_id,)
    if given.get("userId") == owner.user_id:
        outcome: Json = {"result": "ok", "nonce": nonce}
        platform.happened("accountLink", owner, reply=True, link=outcome)
        return page(_TITLE, "<p>連携しました。チャットに戻ってください。</p>")
    outcome = {"result": "failed", "nonce": nonce}
    platform.webhooks.put(events.event("accountLink", None, platform.now_ms(), link=outcome))
    return problem(call, _TITLE, "連携できませんでした。このリンクはほかの人のものです。")


def _owner(call: Call, given: dict[str, str]) -> Person | str:
    """Return whom the token is for, or what is wrong in words."""
    owner = call.platform.links.owner(given.get("linkToken", ""), call.platform.now())
    if owner is None:
        return "リンクの期限（10分）が切れたか、すでに使われています。"
    if not _NONCE.fullmatch(given.get("nonce", "")):
        return "nonce は空白のない10〜255文字でなければなりません。"
    person = call.platform.people.get(owner)
    if person is None or not person.friend:
        return "アカウントを友だちに追加してから連携してください。"
    return person
