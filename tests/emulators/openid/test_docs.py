"""The guide says what the stand-ins do."""

import re

from emulators.openid.control import routes
from emulators.openid.forgery import PRESETS, Forgery
from emulators.residents import RESIDENTS, register
from kit.settings import ROOT

GUIDE = (ROOT / "docs" / "identity-emulators.md").read_text(encoding="utf-8")


def test_the_guide_lists_every_resident_as_they_are() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", GUIDE, re.M)
    known = {
        (r.resident_id, r.name, r.birth.isoformat(), r.gender, r.address): r for r in RESIDENTS
    }
    assert [row[:5] for row in rows] == list(known)
    for *person, remark in rows:
        for child in known[tuple(person)].children:
            assert f"{child.name} ({child.birth.isoformat()}, {child.gender})" in remark


def test_the_guide_names_every_forgery_and_every_control_path() -> None:
    for name in (*PRESETS, *Forgery.model_fields):
        assert f"`{name}`" in GUIDE, name
    for route in routes():
        assert route.path.removeprefix("/emulator") in GUIDE


def test_the_register_tells_children_with_iso_dates() -> None:
    misaki = register()[0]
    assert misaki["birth"] == "1988-04-12"
    assert [child["name"] for child in misaki["children"]] == ["佐藤 蓮", "佐藤 結衣"]
    assert misaki["children"][1]["birth"] == "2024-09-18"
