"""Good files replace the FAQ, bad ones change nothing and say what is wrong."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.db import Database
from kit.tables import ImportReport
from services.faq import repository
from services.faq.importer import import_city, import_file, read_entries, read_synonyms
from services.faq.rules import Change, revision_of

GOOD: dict[str, Any] = {
    "id": "tax-001",
    "category": "税金",
    "question": "軽自動車税はいつまでに納めますか？",
    "variants": ["軽の税金はいつ払うの"],
    "answer": "5月末までに納めてください。",
    "desk": "税務課",
    "source": "デモ用の記述",
    "source_url": None,
    "review_by": "2027-03-31",
    "demonstration": True,
    "keywords": ["納期"],
}


def now() -> datetime:
    return datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def write(folder: Path, *entries: dict[str, Any] | str, name: str = "tax.jsonl") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [e if isinstance(e, str) else json.dumps(e, ensure_ascii=False) for e in entries]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    report = ImportReport("faq")
    read_entries(folder, report)
    return [str(problem) for problem in report.problems]


def test_a_good_line_becomes_an_entry(tmp_path: Path) -> None:
    report = ImportReport("faq")
    (entry,) = read_entries(write(tmp_path, GOOD), report)
    assert report.ok
    assert report.rows == 1
    assert (entry.id, entry.variants, entry.review_by) == (
        "tax-001",
        ("軽の税金はいつ払うの",),
        date(2027, 3, 31),
    )


def test_blank_lines_and_a_byte_order_mark_do_not_disturb(tmp_path: Path) -> None:
    write(tmp_path, "", GOOD, "  ")
    path = tmp_path / "tax.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"id": "none"}, "id"),
        ({"id": "TAX-1"}, "id"),
        ({"question": "問" * 101}, "question"),
        ({"question": "  "}, "question"),
        ({"answer": "答" * 601}, "answer"),
        ({"desk": ""}, "desk"),
        ({"review_by": "2027-02-30"}, "review_by"),
        ({"review_by": "来年"}, "review_by"),
        ({"demonstration": "true"}, "demonstration"),
        ({"source_url": "http://example.jp"}, "source_url"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"variants": "ひとつだけ"}, "variants"),
        ({"variants": ["よい", ""]}, "variants.1"),
        ({"answer": "見えない\x00文字"}, "answer"),
        ({"variants": ["見えない\x08文字"]}, "variants"),
        ({"awnser": "綴りの誤り"}, "awnser"),
    ],
)
def test_an_unusable_field_is_named_with_file_and_line(
    tmp_path: Path, change: dict[str, Any], column: str
) -> None:
    (problem,) = problems(write(tmp_path, {**GOOD, "id": "tax-000"}, GOOD | change))
    assert problem.startswith(f"tax.jsonl:2 [{column}] ")
    assert len(problem) > len(f"tax.jsonl:2 [{column}] ")


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    without = {name: value for name, value in GOOD.items() if name != "desk"}
    (problem,) = problems(write(tmp_path, without))
    assert problem.startswith("tax.jsonl:1 [desk] ")


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    (problem,) = problems(write(tmp_path, GOOD, '{"id": '))
    assert problem.startswith("tax.jsonl:2 [] ")


def test_an_id_used_twice_names_both_places(tmp_path: Path) -> None:
    write(tmp_path, GOOD, name="a.jsonl")
    (problem,) = problems(write(tmp_path, {**GOOD, "id": "tax-009"}, GOOD, name="b.jsonl"))
    assert problem == "b.jsonl:2 [id] tax-001 stands in a.jsonl:1"


def test_an_empty_folder_is_a_problem_and_no_empty_faq(tmp_path: Path) -> None:
    assert len(problems(tmp_path)) == 1


def test_synonyms_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "synonyms.csv").write_text(
        "spelling,word\n国保,国民健康保険\n国保,国民年金\n,空\n", encoding="utf-8"
    )
    report = ImportReport("faq")
    assert read_synonyms(tmp_path, report) == {"国保": "国民健康保険"}
    assert [(p.line, p.column) for p in report.problems] == [(3, "spelling"), (4, "spelling")]


def test_the_revision_follows_the_content_and_not_the_order(tmp_path: Path) -> None:
    write(tmp_path, GOOD, {**GOOD, "id": "tax-002"})
    first, second = read_entries(tmp_path, ImportReport("faq"))
    assert revision_of([first, second], {"a": "b"}) == revision_of([second, first], {"a": "b"})
    assert revision_of([first], {}) != revision_of([second], {})
    assert revision_of([first], {}) != revision_of([first], {"a": "b"})


async def test_an_import_replaces_everything(database: Database, tmp_path: Path) -> None:
    write(tmp_path / "faq", GOOD, {**GOOD, "id": "tax-002"})
    assert (await import_city(database, tmp_path, now)).ok
    write(tmp_path / "faq", {**GOOD, "id": "tax-003"})
    (tmp_path / "faq" / "synonyms.csv").write_text("spelling,word\n軽,軽自動車\n", "utf-8")
    assert (await import_city(database, tmp_path, now)).ok
    async with database.transaction() as session:
        assert [e.id for e in await repository.all_entries(session)] == ["tax-003"]
        assert await repository.all_synonyms(session) == {"軽": "軽自動車"}


async def test_a_bad_line_leaves_the_old_entries_in_use(database: Database, tmp_path: Path) -> None:
    write(tmp_path / "faq", GOOD)
    assert (await import_city(database, tmp_path, now)).ok
    async with database.transaction() as session:
        before = await repository.revision(session)
    write(tmp_path / "faq", {**GOOD, "id": "tax-002"}, {**GOOD, "answer": ""})
    report = await import_city(database, tmp_path, now)
    assert [(p.file, p.line, p.column) for p in report.problems] == [("tax.jsonl", 2, "answer")]
    async with database.transaction() as session:
        assert [e.id for e in await repository.all_entries(session)] == ["tax-001"]
        assert await repository.revision(session) == before


async def test_staff_s_edit_outlives_an_import_unless_it_is_overwritten(
    database: Database, tmp_path: Path
) -> None:
    write(tmp_path / "faq", GOOD, {**GOOD, "id": "tax-002"})
    assert (await import_city(database, tmp_path, now)).added == ["tax-001", "tax-002"]
    async with database.transaction() as session:
        old = await repository.entry(session, "tax-001")
        assert old is not None
        edit = Change(old, replace(old, answer="窓口が直した答えです。"))
        await repository.apply(session, [edit], who="佐藤", at_desk=True, now=now())
    write(tmp_path / "faq", {**GOOD, "answer": "6月末までです。"}, {**GOOD, "id": "tax-003"})
    report = await import_city(database, tmp_path, now)
    assert (report.added, report.changed, report.removed, report.kept) == (
        ["tax-003"],
        [],
        ["tax-002"],
        ["tax-001"],
    )
    again = await import_file(database, tmp_path / "faq" / "tax.jsonl", now, overwrite=True)
    assert (again.changed, again.kept) == (["tax-001"], [])
    async with database.transaction() as session:
        steps = await repository.history(session, "tax-001")
    assert [(step.action, step.who, step.at_desk) for step in steps] == [
        ("changed", "import", False),
        ("changed", "佐藤", True),
        ("added", "import", False),
    ]
    assert steps[0].before is not None
    assert steps[0].before["answer"] == "窓口が直した答えです。"


async def test_the_history_cannot_be_rewritten(database: Database, tmp_path: Path) -> None:
    write(tmp_path / "faq", GOOD)
    assert (await import_city(database, tmp_path, now)).ok
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as session:
            await session.execute(text("UPDATE faq_version SET who = 'x'"))


async def test_the_day_of_change_is_kept_until_the_content_changes(
    database: Database, tmp_path: Path
) -> None:
    write(tmp_path / "faq", GOOD, {**GOOD, "id": "tax-002", "updated": "2026-01-31"})
    assert (await import_city(database, tmp_path, now)).ok
    write(tmp_path / "faq", GOOD, {**GOOD, "id": "tax-002", "answer": "変わりました。"})
    await import_city(database, tmp_path, lambda: now() + timedelta(days=9))
    async with database.transaction() as session:
        entries = await repository.all_entries(session)
    assert [entry.updated for entry in entries] == [date(2026, 11, 23), date(2026, 12, 2)]
