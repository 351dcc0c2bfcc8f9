"""A city's menu files: what is refused, and in which words; what becomes of the rest."""

import json
import re
import shutil
from pathlib import Path

import pytest

from bot.menus.plan import CHOOSER, SEND_PLACE, is_disaster, partner, plan_menus
from bot.menus.source import MenuPlanError
from kit.text import grapheme_length
from tests.bot.menus.conftest import CITY

MENUS = plan_menus(CITY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CITY, tmp_path / "menus"))


def _refusal(folder: Path) -> str:
    with pytest.raises(MenuPlanError) as refused:
        plan_menus(folder)
    return refused.value.message


def _values(key: str, name: str) -> list[str]:
    """What the actions of a menu have under a name."""
    menu = next(menu for menu in MENUS if menu.key == key)
    return [field.action.get(name, "") for field in menu.fields if field.action]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("ごみの日", "あ" * 21, "tabs[0].areas[0].label: more than 20 characters"),
        ("ごみの日", "あ" * 20, "too long to be read"),
        ("ごみの日", "垃圾", "letters that the fonts lack: 圾 (U+573E), 垃 (U+5783)"),
        ("ごみの日", "🍣", "letters that the fonts lack: 🍣 (U+1F363)"),
        ("ごみの日", "一\\n二\\n三", "tabs[0].areas[0].label: give one or two lines"),
        ("calendar", "unicorn", "tabs[0].areas[0].icon: unknown icon"),
        ("/ask_waste_day", "ask", "tabs[0].areas[0].payload: String should match"),
        ("tel:119", "javascript:x", "disaster.areas[5].link: String should match"),
        ("location = true", "location = false", "tabs[1].areas[2]: give exactly one of payload"),
        ('"/ask_waste_day"', '"/help"\ntab = "safety"', "tabs[0].areas[0]: give exactly one of"),
        ('payload = "/ask_waste_day"', 'tab = "none"', "leads to 'none', which is no tab"),
        ('id = "safety"', 'id = "life"', "two tabs have the same id"),
        ('"メニュー"', '"いつでも開けるべんりなメニュー"', "chat_bar_text: give 1 to 14"),
        ("spaced", "spacd", "spacd: Extra inputs are not permitted"),
        ("[disaster]", "[disaster", "is not a TOML file"),
    ],
)
def test_an_unusable_file_is_named_with_the_place_and_the_reason(
    folder: Path, old: str, new: str, words: str
) -> None:
    path = folder / "ja.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    refusal = _refusal(folder)
    assert str(path) in refusal
    assert words in refusal


def test_a_missing_language_and_an_unknown_city_are_named(folder: Path) -> None:
    (folder / "vi.toml").unlink()
    assert "vi.toml is missing" in _refusal(folder)
    assert "Is CITY the name of a folder" in _refusal(folder / "nowhere")


def test_every_menu_has_a_disaster_menu_of_its_own() -> None:
    keys = [menu.key for menu in MENUS]
    assert len(set(keys)) == len(keys)
    assert {partner(key) for key in keys} == set(keys)
    assert keys[0] == "concierge-ja-life"
    assert not is_disaster(keys[0])
    assert sum(is_disaster(key) for key in keys) == len(keys) / 2


def test_everybody_can_reach_every_menu_and_come_back() -> None:
    leads = {
        menu.key: {
            field.action["richMenuAliasId"]
            for field in menu.fields
            if field.action and field.action["type"] == "richmenuswitch"
        }
        for menu in MENUS
    }
    assert {target for targets in leads.values() for target in targets} <= set(leads)
    for start in leads:
        reached, new = set[str](), {start}
        while new:
            reached |= new
            new = {target for key in new for target in leads[key]} - reached
        everyday = {key for key in leads if not is_disaster(key)}
        assert reached >= everyday, start
    assert CHOOSER in leads


def test_fields_lie_side_by_side_and_fill_the_menu() -> None:
    for menu in MENUS:
        boxes = [field.bounds for field in menu.fields]
        assert sum(box.width * box.height for box in boxes) == 2500 * 1686
        for box in boxes:
            assert 0 <= box.x < box.x + box.width <= 2500
            assert 0 <= box.y < box.y + box.height <= 1686


def test_screen_readers_hear_every_field_within_lines_limit() -> None:
    for menu in MENUS:
        actions = [field.action for field in menu.fields if field.action]
        assert len(actions) >= 6
        for action in actions:
            assert 0 < grapheme_length(action["label"]) <= 20
            assert "\n" not in json.dumps(action, ensure_ascii=False)
    assert "ごみの分け方" in _values("concierge-ja-life", "label")
    assert "How to sort garbage" in _values("concierge-en-life", "label")


def test_payloads_name_intents_that_the_concierge_knows(shared: Path) -> None:
    known = set(re.findall(r"^\| `(\w+)`", (shared / "skills.md").read_text(), re.MULTILINE))
    payloads = {
        field.action["data"].removeprefix("/").partition("{")[0]
        for menu in MENUS
        for field in menu.fields
        if field.action and field.action["type"] == "postback"
    }
    assert payloads <= known
    assert len(payloads) >= 12


def test_letters_are_at_least_as_large_as_13_points_on_a_phone() -> None:
    cells = [field for menu in MENUS for field in menu.fields if field.role == "cell"]
    assert min(field.lettering.size for field in cells) >= 84
    assert len([field for field in cells if field.lettering.size >= 100]) > len(cells) * 0.8


def test_a_place_is_asked_for_through_lines_own_map() -> None:
    assert SEND_PLACE in _values("concierge-ja-life_d", "uri")


def test_choosing_the_menus_language_chooses_the_language_of_the_answers() -> None:
    targets = _values(CHOOSER, "richMenuAliasId")
    chosen = [json.loads(d.removeprefix("/change_language")) for d in _values(CHOOSER, "data")]
    assert [target.split("-")[1] for target in targets] == [c["language"] for c in chosen]
    assert "concierge-en-safety" in _values("concierge-en-life", "data")
