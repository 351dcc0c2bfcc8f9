"""What staff may start for a citizen from the desk: a page, a proof of who they are, a consent.

Each is a button in the talk. A link that leads through a login is made for this citizen, works once
and ten minutes long, and proves nothing by itself; staff never see it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from auth.levels import Level
from auth.modules import Module
from bot.handoff import wording
from identity.contract import ACCOUNT_PAGE, IdentityClient, Purpose
from messages.neutral import Cards

OWN = ("/my/", "/identity/")
"""Pages of a citizen's own, behind a login; all others are open to everybody."""
# Reached by a link of its own, which the talk gives.
_ELSEWHERE = frozenset({"/my/settings"})


class Kind(StrEnum):
    """What is started."""

    page = "page"
    proof = "proof"
    consent = "consent"


@dataclass(frozen=True)
class Start:
    """One thing that may be started. `level` is what the link's login proves, None without any."""

    kind: Kind
    what: str
    """The page, the level or the purpose."""
    title: str
    level: Level | None = None
    is_done: bool = False
    """Whether the citizen has proven or agreed to it already."""

    @property
    def name(self) -> str:
        """How forms and the record name it: `page:/my/nursery/`."""
        return f"{self.kind}:{self.what}"


PROOFS = {Level.L3: "マイナンバーカードでの本人確認", Level.L2: "My-IDでのログイン"}


def proofs(now: Level) -> list[Start]:
    """Return the proofs that may be asked for."""
    return [
        Start(Kind.proof, level, title, level, is_done=now.suffices(level))
        for level, title in PROOFS.items()
    ]


def consents(purposes: Iterable[Purpose]) -> list[Start]:
    """Return the consents that may be asked for."""
    return [
        Start(Kind.consent, one.name, one.title, Level.L1, is_done=one.agrees) for one in purposes
    ]


def pages(modules: Iterable[Module]) -> list[Start]:
    """Return the pages of services that may be sent."""
    return [
        Start(Kind.page, path, title, module.level() if path.startswith(OWN) else None)
        for module in modules
        for path, title in module.pages.items()
        if path not in _ELSEWHERE
    ]


def dialogues(modules: Iterable[Module]) -> dict[str, str]:
    """Return what the bot may begin after a talk: payload → title."""
    return {payload: title for module in modules for payload, title in module.dialogues.items()}


def chosen(starts: Sequence[Start], name: str) -> Start | None:
    """Return what a form chose, None for what there is not."""
    return next((start for start in starts if start.name == name), None)


async def address_of(start: Start, citizen_id: str, identity: IdentityClient, base_url: str) -> str:
    """Return where the button leads. Raises NotFoundError where no login reaches the level."""
    if start.level is None:
        return f"{base_url}{start.what}"
    page = {Kind.page: start.what, Kind.consent: ACCOUNT_PAGE}.get(start.kind)
    return await identity.one_time_link(citizen_id, start.level, page=page)


def message_of(start: Start, url: str) -> Cards:
    """Return what stands in the talk, in the language that is spoken now."""
    match start.kind:
        case Kind.page:
            return wording.page_of(start.title, url, once=start.level is not None)
        case Kind.proof:
            return wording.proof(start.what, url)
        case Kind.consent:
            return wording.consent(start.title, url)
