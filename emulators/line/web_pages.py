"""The few pages that LINE itself shows: account link, login, opening a LIFF app.

A browser on this machine belongs to nobody, so each of them asks who is holding the phone.
"""

from collections.abc import Iterable
from html import escape
from urllib.parse import parse_qs

from emulators.line.api.call import Answer, Call
from emulators.line.errors import LineError
from emulators.line.people import Person

_PAGE = """<!doctype html>
<html lang="ja"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/page/dialog.css"></head>
<body><main><h1>{title}</h1>{content}
<p class="notice">LINEとは関係のないエミュレーターです<br>
<span lang="en">not affiliated with LINE</span></p></main></body></html>
"""

_STAY = "form-action 'self'; "


def page(title: str, content: str, status: int = 200, *, sends_away: bool = False) -> Answer:
    """Return a page; `content` is markup whose texts are escaped already.

    With `sends_away` the form's answer may lead anywhere: to a website, and to wherever that goes
    on to. Browsers hold every step of that way against the policy of the form's page.
    """
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        f"{_STAY if not sends_away else ''}frame-ancestors 'none'"
    )
    body = _PAGE.format(title=escape(title), content=content).encode()
    headers = {"content-security-policy": policy, "referrer-policy": "no-referrer"}
    return Answer(body, status, media_type="text/html; charset=utf-8", headers=headers)


def problem(call: Call, title: str, reason: str) -> Answer:
    """Return an error page; the reason is shown and noted, because it is for the developer."""
    call.notes.append(reason)
    return page(title, f"<p>{escape(reason)}</p>", 400)


def question(
    call: Call,
    title: str,
    words: str,
    *,
    hidden: dict[str, str],
    yes: str,
    chosen: str = "",
    more: str = "",
    sends_away: bool = False,
) -> Answer:
    """Ask who is there and whether they agree: a form that posts to its own address."""
    people = list(call.platform.people)
    if not people:
        text = "だれもいません。先にチャットの画面で友だちを追加してください。"
        return page(title, f'<p>{text}</p><p><a href="/">チャットを開く</a></p>')
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in hidden.items()
    )
    content = (
        f'<p>{escape(words)}</p><form method="post" action="{escape(call.request.url.path)}">'
        f'{fields}<label for="who">この端末を使っている人</label>'
        f'<select id="who" name="userId">{"".join(_options(people, chosen))}</select>{more}'
        f'<button class="primary" name="choice" value="yes">{escape(yes)}</button>'
        '<button name="choice" value="no">やめる</button></form>'
    )
    return page(title, content, sends_away=sends_away)


def answers(call: Call) -> dict[str, str]:
    """Return the posted form. Raises LineError 403 for a form of another site."""
    if call.request.headers.get("sec-fetch-site") == "cross-site":
        raise LineError(403, "Pages of other sites may not answer for somebody.")
    return form(call)


def form(call: Call) -> dict[str, str]:
    """Return a form-encoded body; of repeated names the first."""
    fields = parse_qs(call.raw.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _options(people: Iterable[Person], chosen: str) -> Iterable[str]:
    for person in people:
        mark = " selected" if person.user_id == chosen else ""
        name = escape(person.display_name)
        yield f'<option value="{person.user_id}"{mark}>{name}</option>'
