"""Tables as somebody asked for them."""

from kit.listing import PER_PAGE, Column, Listing, listed

COLUMNS = (
    Column[tuple[str, int]]("name", "名前", lambda row: row[0]),
    Column[tuple[str, int]]("size", "大きさ", lambda row: row[1]),
    Column[tuple[str, int]]("state", "状態"),
)
ROWS = [(f"ゴミ{number}", number % 7) for number in range(120)]


def ask(**asked: str) -> Listing[tuple[str, int]]:
    return listed(ROWS, COLUMNS, asked, "/x", lambda row: row[0], desk="市民課")


def test_words_find_rows_however_they_are_written() -> None:
    assert [row[0] for row in ask(q="ｺﾞﾐ119").rows] == ["ゴミ119"]
    assert ask(q="ごみ 11").found == 11
    assert ask(q="ない").rows == []


def test_a_heading_sorts_and_the_same_again_turns_it_round() -> None:
    size = COLUMNS[1]
    up = ask(sort="size")
    assert [row[1] for row in up.rows] == sorted(row[1] for row in ROWS)[:PER_PAGE]
    assert up.direction(size) == "ascending"
    assert up.sorted_by(size) == "/x?sort=-size&desk=%E5%B8%82%E6%B0%91%E8%AA%B2"
    down = ask(sort="-size")
    assert down.rows[0][1] == 6
    assert down.direction(size) == "descending"
    assert "sort=size" in down.sorted_by(size)


def test_pages_turn_and_keep_what_was_asked() -> None:
    second = ask(q="ごみ", sort="name", page="2")
    assert (second.page, second.pages, second.first, second.last) == (2, 3, 51, 100)
    assert second.at(3).startswith("/x?q=%E3%81%94%E3%81%BF&sort=name&desk=")
    assert second.at(3).endswith("&page=3")


def test_what_nothing_can_mean_is_as_if_it_were_not_there() -> None:
    for asked in ({"page": "0"}, {"page": "-1"}, {"page": "９"}, {"page": "x"}, {"sort": "state"}):
        assert ask(**asked).rows == ROWS[:PER_PAGE]
    assert ask(page="999").page == 3
