"""AZ-04: whose records are opened is never said by the talk, by a model, or by a button."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module

import pytest
import yaml

from identity.contract import GrantRequest
from kit.settings import ROOT
from services.residents.api import SCOPES
from services.residents.api import router as residents_router
from tests.actions.test_identity import Talk, talk  # noqa: F401  a fixture

DOMAIN = [
    yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "nlu" / "domain").glob("*.yml"))
]
SOMEBODY = re.compile(r"citizen|resident|person|owner|subject|account|holder|_sub\b|name")


def _place(kind: str, method: str) -> int | None:
    """Return where a client's method asks whose it is; None where it does not."""
    client = next((c for c in _clients() if c.__name__ == kind), None)
    arguments = list(inspect.signature(getattr(client, method)).parameters) if client else []
    return arguments.index("citizen_id") - 1 if "citizen_id" in arguments else None


def _clients() -> Iterator[type]:
    """Yield the clients of every contract that an action imports."""
    for path in sorted((ROOT / "actions").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).endswith("contract"):
                found = vars(import_module(str(node.module)))
                yield from (found[a.name] for a in node.names if a.name.endswith("Client"))


def _calls() -> Iterator[tuple[str, str, ast.expr]]:
    """Yield (where, method, who) of every such call in the actions."""
    for path in sorted((ROOT / "actions").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            node.targets[0].id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner, name = node.func.value, node.func.attr
            owner = named.get(owner.id, owner) if isinstance(owner, ast.Name) else owner
            match owner:
                case ast.Call(func=ast.Attribute(attr="client"), args=[ast.Name(id=kind)]):
                    place = _place(kind, name)
                case _:
                    place = None
            if place is not None:
                given = [word.value for word in node.keywords if word.arg == "citizen_id"]
                who = (given or node.args[place:])[0]
                yield f"{path.name}:{node.lineno}", f"{kind}.{name}", who


def test_az_04_every_call_of_an_action_is_for_whoever_speaks() -> None:
    calls = list(_calls())
    assert {*("IdentityClient.grant", "IdentityClient.one_time_link", "IdentityClient.unlink")} <= {
        name for _, name, _ in calls
    }
    others = {f"{where} {name}: {ast.unparse(who)}" for where, name, who in calls}
    assert not {call for call in others if not call.endswith(": turn.citizen_id")}


def test_az_04_nothing_that_a_model_reads_from_words_names_a_person() -> None:
    read = {entity for domain in DOMAIN for entity in domain.get("entities", [])}
    slots = {slot for domain in DOMAIN for slot in domain.get("slots", {})}
    assert {"vaccine", "location"} <= {str(name) for name in read} | slots
    assert not {name for name in read | slots if SOMEBODY.search(str(name))}


def test_az_04_no_door_behind_the_gate_takes_a_citizen() -> None:
    doors = [r for r in residents_router.routes if "citizen_id" in r.path]  # type: ignore[attr-defined]
    assert doors
    for door in doors:
        # Packages ask here, with the token of the program and without a record in the answer.
        needed = [d.dependency.__name__ for d in door.dependencies]  # type: ignore[attr-defined]
        assert needed == ["require_internal"], door
    assert all(scope.level or scope.desk for scope in SCOPES.values())
    assert "staff" not in GrantRequest.model_fields


@pytest.mark.parametrize("intent", ["link_my_id", "verify_mynumber", "ask_access_log"])
async def test_az_04_an_entity_that_names_somebody_else_is_not_looked_at(
    talk: Talk,  # noqa: F811
    intent: str,
) -> None:
    other = {"citizen_id": "ctz_other", "resident_id": "0" * 32, "sender_id": "ctz_other"}
    await talk.hear(f'/{intent}{{"citizen_id": "ctz_other"}}', intent, **other)
    # The link is for whoever speaks; `login request` checks it.
    provider, _, _ = await talk.login_request()
    assert provider in ("line", "my-id", "card")
