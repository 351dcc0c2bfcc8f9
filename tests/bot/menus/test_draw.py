"""The pictures: what LINE takes, and what people can read."""

import io
from itertools import pairwise

import pytest
from PIL import Image

from bot.menus import draw
from bot.menus.icons import ICONS, icon_mask
from bot.menus.lettering import LetteringError, fit
from bot.menus.plan import HEIGHT, WIDTH
from bot.menus.sync import Drawn


def test_every_picture_is_one_that_line_takes(drawn: list[Drawn]) -> None:
    for item in drawn:
        assert len(item.picture) <= 1024 * 1024
        with Image.open(io.BytesIO(item.picture)) as image:
            assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    assert 800 <= WIDTH <= 2500
    assert HEIGHT >= 250
    assert WIDTH / HEIGHT >= 1.45


def test_the_scale_of_contrast_is_that_of_wcag() -> None:
    assert draw.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert draw.contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tone", list(draw.PALETTES))
def test_all_that_is_written_can_be_read(tone: draw.Tone) -> None:
    for one, other in draw.PALETTES[tone].pairs():
        assert draw.contrast(one, other) >= 4.5


def test_written_and_empty_parts_of_every_field_differ_in_the_finished_picture(
    drawn: list[Drawn],
) -> None:
    for item in drawn:
        with Image.open(io.BytesIO(item.picture)) as file:
            image = file.convert("RGB")
        for field in item.menu.fields:
            box, words = field.bounds, field.lettering
            inside = (box.x + 40, box.y + 60, box.x + box.width - 40, box.y + box.height - 50)
            counted = image.crop(inside).getcolors(1_000_000)
            assert counted is not None
            (_, paper), (some, ink) = sorted(counted, reverse=True)[:2]
            assert draw.contrast(paper, ink) >= 4.5, (item.menu.key, words.lines)
            assert some > 1000


def test_the_open_tab_differs_in_more_than_colour(drawn: list[Drawn]) -> None:
    """In grey, the open tab is light where the closed ones are dark, and it has a bar."""
    with Image.open(io.BytesIO(drawn[0].picture)) as file:
        grey = file.convert("L")
    tabs = [field for field in drawn[0].menu.fields if field.role != "cell"]
    bar_y = tabs[0].bounds.height - 24
    middles = [field.bounds.x + field.bounds.width // 2 for field in tabs]
    shades = [grey.getpixel((field.bounds.x + 60, 100)) for field in tabs]
    bars = [grey.getpixel((x, bar_y)) != grey.getpixel((x + 200, bar_y)) for x in middles]
    assert [field.role for field in tabs] == ["here", "tab", "tab", "tab"]
    assert shades[0] == 255
    assert all(isinstance(shade, int) and shade < 128 for shade in shades[1:])
    assert bars == [True, False, False, False]


def test_icons_are_all_different_and_leave_no_box() -> None:
    masks = [icon_mask(name, 100).tobytes() for name in ICONS]
    assert len(set(masks)) == len(masks)
    for mask in masks:
        assert 0.05 < sum(mask) / 255 / len(mask) < 0.6
        edges = mask[:100] + mask[-100:] + mask[::100] + mask[99::100]
        assert sum(edges) == 0


def test_a_label_becomes_as_large_as_its_room() -> None:
    sizes = [fit("ごみ", width, 136, 84).size for width in (200, 250, 400)]
    assert all(one < other for one, other in pairwise(sizes))
    with pytest.raises(LetteringError, match="too long"):
        fit("ごみ", 100, 136, 84)


def test_a_picture_beyond_one_megabyte_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "MAX_BYTES", 1000)
    with pytest.raises(draw.MenuImageError, match="larger than LINE takes"):
        draw.encode(Image.new("RGB", (WIDTH, HEIGHT)), "blue")
