"""Envelope encryption: one key a person, every value bound to its place."""

from typing import Any

import pytest
from sqlalchemy import func, select

from kit.clock import system_clock
from kit.crypto import DecryptionError, MasterKeys, new_key
from kit.db import Database
from kit.vault import ErasedError, PersonKey, Place, Vault

HANAKO = "ctz_hanako"
NAME = Place("health_person", "7", "name")


@pytest.fixture
def vault() -> Vault:
    return Vault(MasterKeys(new_key()), system_clock)


async def test_crypt_01_equal_values_look_different(database: Database, vault: Vault) -> None:
    async with database.transaction() as session:
        keys = await vault.keys_for_writing(session, HANAKO)
    first, second = keys.seal(NAME, "会津花子"), keys.seal(NAME, "会津花子")
    assert first != second
    assert keys.open(NAME, first) == keys.open(NAME, second) == "会津花子"


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("health_person", "8", "name"),
        Place("health_person", "7", "address"),
        Place("health_child", "7", "name"),
    ],
)
async def test_crypt_02_a_moved_or_altered_value_cannot_be_read(
    database: Database, vault: Vault, elsewhere: Place
) -> None:
    async with database.transaction() as session:
        keys = await vault.keys_for_writing(session, HANAKO)
        others = await vault.keys_for_writing(session, "ctz_taro")
    sealed = keys.seal(NAME, "会津花子")
    for reader, place, value in (
        (keys, elsewhere, sealed),
        (others, NAME, sealed),
        (keys, NAME, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (keys, NAME, b"\x00\x09" + sealed[2:]),
        (keys, NAME, b""),
    ):
        with pytest.raises(DecryptionError):
            reader.open(place, value)


async def test_crypt_03_an_older_key_version_still_reads(database: Database, vault: Vault) -> None:
    async with database.transaction() as session:
        old = (await vault.keys_for_writing(session, HANAKO)).seal(NAME, "会津花子")
        await vault.renew(session, HANAKO)
        keys = await vault.keys(session, HANAKO)
    new = keys.seal(NAME, "会津花子")
    assert (old[:2], new[:2]) == (b"\x00\x01", b"\x00\x02")
    assert keys.open(NAME, old) == keys.open(NAME, new) == "会津花子"


async def test_crypt_04_another_master_key_leaves_rows_and_values_as_they_are(
    database: Database,
) -> None:
    old, new = new_key(), new_key()
    before = Vault(MasterKeys(old), system_clock)
    async with database.transaction() as session:
        sealed = (await before.keys_for_writing(session, HANAKO)).seal(NAME, "会津花子")
        await before.keys_for_writing(session, "ctz_taro")
    both = Vault(MasterKeys(new, [old]), system_clock)
    async with database.transaction() as session:
        assert (await both.keys(session, HANAKO)).open(NAME, sealed) == "会津花子"
        assert await both.rewrap(session) == 2
    async with database.transaction() as session:
        assert await both.rewrap(session) == 0
        alone = Vault(MasterKeys(new), system_clock)
        assert (await alone.keys(session, HANAKO)).open(NAME, sealed) == "会津花子"
        assert await session.scalar(select(func.count()).select_from(PersonKey)) == 2
        with pytest.raises(DecryptionError):
            await before.keys(session, HANAKO)


async def test_a_wrapped_key_cannot_be_given_to_another_person(
    database: Database, vault: Vault
) -> None:
    async with database.transaction() as session:
        await vault.keys_for_writing(session, HANAKO)
        await vault.keys_for_writing(session, "ctz_taro")
        rows: dict[str, Any] = {
            row.person_id: row for row in await session.scalars(select(PersonKey))
        }
        rows["ctz_taro"].wrapped = rows[HANAKO].wrapped
        with pytest.raises(DecryptionError):
            await vault.keys(session, "ctz_taro")


async def test_destroying_the_key_makes_everything_unreadable(
    database: Database, vault: Vault
) -> None:
    async with database.transaction() as session:
        sealed = (await vault.keys_for_writing(session, HANAKO)).seal(NAME, "会津花子")
        assert await vault.destroy(session, HANAKO)
        assert not await vault.destroy(session, HANAKO)
        with pytest.raises(ErasedError):
            await vault.keys(session, HANAKO)
        with pytest.raises(DecryptionError):
            (await vault.keys_for_writing(session, HANAKO)).open(NAME, sealed)
