"""The table of endpoints in docs/emulator.md, made from LINE's own definitions.

`python -m emulators.line.endpoints <folder of line-openapi>` writes it anew; a test tells when it
is out of date. The state comes from the routes that really exist, the remarks from here.
"""

import re
import sys
from pathlib import Path
from typing import Any

import yaml

from emulators.line.app import make_app, make_platform
from emulators.line.options import Options
from kit.settings import ROOT, Settings

PAGE = ROOT / "docs" / "emulator.md"
BEGIN, END = "<!-- endpoints: begin -->", "<!-- endpoints: end -->"
FILES = {
    "messaging-api": "Messaging API",
    "channel-access-token": "Channel access tokens",
    "manage-audience": "Audiences",
    "insight": "Insight",
    "liff": "LIFF",
    "module": "Module channels",
    "module-attach": "Attaching module channels",
    "shop": "Shop",
}
_METHODS = ("get", "post", "put", "delete")
REMARKS = {
    "GET /v2/bot/followers/ids": "never 403: every account counts as verified",
    "GET /v2/bot/message/{messageId}/content/preview": "the file itself, not a smaller one",
    "POST /v2/bot/richmenu/batch": "`resumeRequestKey` is accepted and ignored",
    "POST /v2/bot/chat/{chatId}/control/acquire": "the control does not expire by itself",
    "POST /oauth2/v2.1/token": "LINE Login's grants only, no JWT assertion",
    "POST /v2/bot/audienceGroup/upload/byFile": "files up to 2 MB",
    "PUT /v2/bot/audienceGroup/upload/byFile": "files up to 2 MB",
    "POST /v2/bot/audienceGroup/click": "taps on links are not counted: nobody is in it",
    "GET /v2/bot/insight/followers": "today's figures for every day",
    "GET /v2/bot/insight/message/event": "whoever got a message has seen it; no taps",
    "GET /v2/bot/insight/message/event/aggregation": "whoever got a message has seen it; no taps",
    "POST /liff/v1/apps": "only view and scope are checked",
    "PUT /liff/v1/apps/{liffId}": "only view and scope are checked",
}
Operation = tuple[str, str, str]


def operations(folder: Path, name: str) -> list[Operation]:
    """Return (METHOD, path, operationId) of one definition file, in its order."""
    spec: dict[str, Any] = yaml.safe_load((folder / f"{name}.yml").read_text())
    return [
        (method.upper(), path, found["operationId"])
        for path, methods in spec["paths"].items()
        for method, found in methods.items()
        if method in _METHODS
    ]


def served() -> set[str]:
    """Return every `METHOD path` that the emulator really answers, without parameter names."""
    app = make_app(make_platform(Settings(environment="test"), Options()))
    return {
        f"{method} {_anonymous(route.path)}"
        for route in app.routes
        for method in getattr(route, "methods", None) or ()
        if hasattr(route, "path") and ":path" not in route.path
    }


def table(folder: Path) -> str:
    """Return the tables of all files as Markdown."""
    known, parts = served(), []
    counts = {"yes": 0, "partly": 0, "no": 0}
    for name, title in FILES.items():
        rows = []
        for method, path, operation in operations(folder, name):
            state, remark = _state(known, method, path)
            counts[state] += 1
            rows.append(f"| {method} | `{path}` | {operation} | {state} | {remark} |")
        head = f"### {title} (`{name}.yml`)\n\n| | path | operation | emulated | remark |\n"
        parts.append(f"{head}|---|---|---|---|---|\n" + "\n".join(rows))
    total = sum(counts.values())
    summary = ", ".join(f"{count} {state}" for state, count in counts.items())
    return f"{total} operations: {summary}.\n\n" + "\n\n".join(parts)


def page_with(content: str, text: str) -> str:
    """Return the page with a new table between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{content}\n\n{END}{after}"


def main() -> None:
    """Write the table into the page."""
    PAGE.write_text(page_with(table(Path(sys.argv[1])), PAGE.read_text()))


def _state(known: set[str], method: str, path: str) -> tuple[str, str]:
    if f"{method} {_anonymous(path)}" not in known:
        return "no", ""
    remark = REMARKS.get(f"{method} {path}", "")
    return ("partly" if remark else "yes"), remark


def _anonymous(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


if __name__ == "__main__":
    main()
