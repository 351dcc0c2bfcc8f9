"""`/developers/`: the portal. Signing up, keys, one's skills and their calls, the quickstart."""

import hmac
import json
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from kit.addresses import client_address
from kit.clock import Clock
from kit.console import page, redirect
from kit.container import part
from kit.errors import ConciergeError, UnauthorizedError
from kit.forms import Fields, only, read_fields
from kit.settings import Settings
from kit.web import make_templates
from services.developers import rules
from services.developers.accounts import (
    Accounts,
    DeveloperSession,
    KeyHolder,
    NotApprovedError,
)
from services.developers.routing import PortalRoute, StalePageError, cookie_name
from services.developers.rules import DeveloperState, Scope
from services.developers.sharing import SHAREABLE
from services.developers.skills import Skills
from services.developers.subscription_rules import MOST_SUBSCRIPTIONS, state_of
from services.developers.subscriptions import Subscriptions

PATH = "/developers"
ACCOUNT = f"{PATH}/account"
STATES = {
    "draft": "下書き",
    "checked": "自動チェック済み",
    "sandbox": "サンドボックス",
    "approved": "承認済み（公開前）",
    "live": "公開中",
    "disabled": "停止中",
}
OUTCOMES = {
    "ok": "答えた",
    "timeout": "時間切れ",
    "unreachable": "つながらない",
    "refused_address": "許されないアドレス",
    "bad_status": "エラーの応答",
    "redirect": "別のアドレスへの誘導",
    "too_large": "大きすぎる応答",
    "not_json": "形式の違う応答",
    "bad_signature": "署名の誤り",
    "bad_answer": "決まりに合わない内容",
    "broken": "失敗が続いたため休止",
    "over_quota": "回数の上限",
    "away": "停止中のため送らず",
}
SUBSCRIPTION_STATES = {
    "active": "届けています",
    "inactive": "休んでいます",
    "failed": "届かないため止めました",
    "expired": "期限が過ぎました",
}
_SIGN_UP_WRONG = (
    "お名前（2〜40文字）、メールアドレス、使いみち（5〜500文字）を、正しく入力してください。"
)
_WRONG_SECRET = (
    "アカウントの鍵が違います。登録のときに表示した、cds_ で始まる文字を入力してください。"  # noqa: S105
)

_templates = make_templates(Path(__file__).parent / "templates")
router = APIRouter(prefix=PATH, include_in_schema=False, route_class=PortalRoute)
Form = Annotated[Fields, Depends(read_fields)]


async def _session(request: Request) -> DeveloperSession | None:
    cookie = request.cookies.get(cookie_name(part(request, Settings)))
    return await part(request, Accounts).session(cookie)


async def _inside(request: Request) -> DeveloperSession:
    """Return the developer's session; what changes something comes with its form token."""
    session = await _session(request)
    if session is None:
        raise UnauthorizedError
    if request.method == "POST":
        given = only(await read_fields(request), "form_token")
        if not hmac.compare_digest(given.encode(), session.form_token.encode()):
            raise StalePageError
    return session


Inside = Annotated[DeveloperSession, Depends(_inside)]
Perhaps = Annotated[DeveloperSession | None, Depends(_session)]


def holder_of(session: DeveloperSession) -> KeyHolder:
    if session.developer.state != DeveloperState.approved:
        raise NotApprovedError
    return KeyHolder(session.developer.id, session.developer.desk)


def _check_origin(request: Request) -> None:
    """Raise StalePageError for a form that another site's page sent (there is no token yet).

    Our own pages send no Origin, because they allow no referrer.
    """
    if request.headers.get("sec-fetch-site", "") in ("cross-site", "same-site"):
        raise StalePageError


@router.get("/")
async def home(session: Perhaps) -> Response:
    """Show what there is for developers."""
    return portal_page("home", session)


@router.get("/quickstart")
async def quickstart(request: Request, session: Perhaps) -> Response:
    """Show the way from nothing to an answer in the talk."""
    base = part(request, Settings).public_base_url.rstrip("/")
    return portal_page("quickstart", session, base=base)


@router.get("/skills-reference")
async def reference(request: Request, session: Perhaps) -> Response:
    """Show what a skill is told, what it may answer, how both are signed, and every limit."""
    base = part(request, Settings).public_base_url.rstrip("/")
    shown = {"rules": rules, "most": MOST_SUBSCRIPTIONS, "shareable": SHAREABLE}
    return portal_page("reference", session, base=base, **shown)


@router.get("/sign-up")
async def ask_sign_up(session: Perhaps) -> Response:
    """Show the empty form."""
    return portal_page("sign_up", session, typed={}, problem="")


@router.post("/sign-up")
async def sign_up(request: Request, fields: Form) -> Response:
    """Take the sign-up, and show the account's secret this once."""
    _check_origin(request)
    typed = {name: only(fields, name) for name in ("name", "mail", "purpose")}
    try:
        account, secret = await part(request, Accounts).sign_up(
            typed["name"], typed["mail"], typed["purpose"], client_address(request)
        )
    except ConciergeError as error:
        words = (
            _SIGN_UP_WRONG if error.status == 422 else "しばらくおいて、もう一度お試しください。"
        )
        return portal_page("sign_up", None, error.status, typed=typed, problem=words)
    return portal_page("signed_up", None, 201, account=account, secret=secret)


@router.post("/login")
async def log_in(request: Request, fields: Form) -> Response:
    """Open the portal with the account's secret."""
    _check_origin(request)
    try:
        cookie = await part(request, Accounts).log_in(
            only(fields, "secret"), client_address(request)
        )
    except UnauthorizedError as error:
        return portal_page("home", None, error.status, problem=_WRONG_SECRET)
    response = redirect(ACCOUNT)
    settings = part(request, Settings)
    response.set_cookie(
        cookie_name(settings),
        cookie,
        max_age=8 * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.public_base_url.startswith("https://"),
    )
    return response


@router.post("/logout")
async def log_out(request: Request, session: Inside) -> Response:
    """End the session."""
    name = cookie_name(part(request, Settings))
    await part(request, Accounts).log_out(request.cookies.get(name))
    response = redirect(f"{PATH}/")
    response.delete_cookie(name, path="/")
    return response


def example_manifest(desk: str) -> str:
    """Return a manifest to begin with, as JSON."""
    content = {
        "id": "my-skill",
        "title": "できることの名前",
        "description": "市民が何を知ることができるか。",
        "desk": desk,
        "url": "https://skill.example.jp/answer",
        "triggers": ["このスキルだけが答える言葉"],
        "slots": ["language"],
        "languages": ["ja"],
        "contact": "dev@example.jp",
        "retention": "呼び出しの内容は保存しません。",
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


@router.post("/subscriptions/{subscription_id}/delete")
async def end_subscription(request: Request, session: Inside, subscription_id: str) -> Response:
    """Delete a subscription to open data."""
    holder = KeyHolder(session.developer.id, session.developer.desk)
    await part(request, Subscriptions).delete(holder, subscription_id)
    return redirect(ACCOUNT)


@router.get("/account")
async def account(request: Request, session: Inside) -> Response:
    """Show the account, its keys and its skills."""
    return await account_page(request, session)


@router.post("/keys")
async def make_key(request: Request, session: Inside, fields: Form) -> Response:
    """Make a key, and show it this once."""
    scopes = [scope for scope in Scope if scope.value in fields.get("scopes", ())]
    try:
        key = await part(request, Accounts).make_key(
            session.developer, only(fields, "name"), scopes
        )
    except ConciergeError as error:
        words = "名前と、使える範囲を1つ以上選んでください。鍵は5つまでです。"
        return await account_page(request, session, error.status, problem=words)
    return await account_page(request, session, 201, new_key=key)


@router.post("/keys/{key_id}/revoke")
async def revoke(request: Request, session: Inside, key_id: int) -> Response:
    """Make a key open nothing any more."""
    await part(request, Accounts).revoke_key(session.developer.id, key_id)
    return redirect(ACCOUNT)


async def account_page(
    request: Request, session: DeveloperSession, status: int = 200, **shown: Any
) -> Response:
    accounts, skills = part(request, Accounts), part(request, Skills)
    holder = KeyHolder(session.developer.id, session.developer.desk)
    values = {"new_key": "", "problem": "", "wrong": "", **shown}
    keys, own = await accounts.keys(session.developer.id), await skills.own(holder)
    subscribed = await part(request, Subscriptions).own(holder)
    now = part(request, Clock)()
    values.setdefault("typed", example_manifest(session.developer.desk))
    return portal_page(
        "account",
        session,
        status,
        keys=keys,
        skills=own,
        subscriptions=[(one, state_of(one.status, one.expires_at, now)) for one in subscribed],
        used=(
            ("スキル", len(own), rules.MOST_SKILLS),
            ("APIの鍵", sum(key.revoked_at is None for key in keys), rules.MOST_KEYS),
            ("データの購読", len(subscribed), MOST_SUBSCRIPTIONS),
        ),
        scopes=list(Scope),
        **values,
    )


def portal_page(
    name: str, session: DeveloperSession | None, status: int = 200, /, **shown: Any
) -> Response:
    values = {"problem": "", **shown}
    return page(
        _templates,
        f"developers/{name}.html",
        status,
        path=PATH,
        session=session,
        states=STATES,
        subscription_states=SUBSCRIPTION_STATES,
        outcomes=OUTCOMES,
        **values,
    )
