"""Invented applications, so that a demonstration city has a round worth allocating."""

import secrets
from random import Random
from typing import Any

from kit.errors import NotFoundError
from services.nursery import repository
from services.nursery.applications import Files
from services.nursery.generator import Shape, generate
from services.nursery.models import NurseryApplication, NurseryChild, NurseryPoint

PREFIX = "demonstration_"
"""What takes the place of a citizen's id; nobody is told anything under it."""
_SEED_OF_TIES = 5


async def add_others(files: Files, round_id: str, count: int, seed: int) -> int:
    """Add applications of `count` invented children to a round; returns how many children."""
    async with files.database.transaction() as session:
        if await repository.round_of(session, round_id) is None:
            raise NotFoundError("The city has no round of that name. Import its files first.")
        places = await files.places(session)
        market = generate(Shape(children=count, nurseries=len(places.names)), seed)
        names = dict(zip((n["id"] for n in market["nurseries"]), sorted(places.names), strict=True))
        by_id = {child["id"]: child for child in market["children"]}
        chance, now = Random(seed + _SEED_OF_TIES), files.clock()  # noqa: S311
        parts: list[NurseryChild | NurseryPoint] = []
        for family in market["families"]:
            children = [_child(by_id[c], names, places.ages) for c in family["children"]]
            if not all(child["wishes"] for child in children):
                continue
            row = _application(round_id, family, len(children), now, chance)
            session.add(row)
            for position, child in enumerate(children):
                parts.append(NurseryChild(application_id=row.id, position=position, **child))
            parts.append(_points(row.id, int(by_id[family["children"][0]]["base"])))
        # Nothing tells the session that the parts come after what they belong to.
        await session.flush()
        session.add_all(parts)
    return sum(isinstance(part, NurseryChild) for part in parts)


def _application(
    round_id: str, family: dict[str, Any], size: int, now: Any, chance: Random
) -> NurseryApplication:
    token = secrets.token_hex(12)
    rule = {k: v for k, v in (family["rule"] or {}).items() if k != "within"}
    return NurseryApplication(
        id=f"nap_{token}",
        round_id=round_id,
        citizen_id=f"{PREFIX}{token}",
        state="submitted",
        version=1,
        submitted_version=1,
        submitted_at=now,
        receipt=f"DEMO-{token[:10].upper()}",
        rule=rule if size > 1 else None,
        tie=[1.0, float(chance.randrange(0, 300_000, 100))],
        updated_at=now,
    )


def _child(child: dict[str, Any], names: dict[str, str], ages: Any) -> dict[str, Any]:
    wanted = [names[wish] for wish, _ in child["wishes"]]
    return {
        "id": f"nch_{secrets.token_hex(16)}",
        "person_id": f"{PREFIX}{secrets.token_hex(8)}",
        "age": child["age"],
        "units": child["units"],
        "current": None,
        "wishes": [place for place in wanted if child["age"] in ages.get(place, frozenset())],
    }


def _points(application_id: str, points: int) -> NurseryPoint:
    return NurseryPoint(
        application_id=application_id,
        row="demonstration",
        label="デモ用の点数",
        points=points * 44 // 62,
        state="confirmed",
    )
