"""What was noted about somebody is theirs to read and to have erased."""

from bot.retention.personal_data import BotPersonalData
from tests.bot.handoff.people import SATO, People

NOTE = "窓口で本人確認をする"


async def test_notes_are_sealed_handed_out_and_erased(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.takes(SATO, user)
    await people.desk.note(SATO, grip.handoff_id, people.form(NOTE))
    [[sealed]] = await people.world.query("SELECT words FROM bot_handoff_note")
    assert NOTE.encode() not in bytes(sealed)
    container = people.world.parts.containers[people.world.settings.city]
    data, citizen = container.get(BotPersonalData), await people.id_of(user)
    [talk] = (await data.export(citizen))["people"]
    assert [note["text"] for note in talk["notes"]] == [NOTE]
    assert talk["held"][0]["desk"] == "市民課"
    await data.erase(citizen)
    assert await people.world.one("SELECT count(*) FROM bot_handoff_note") == 0
    assert await people.world.query("SELECT state, end_reason FROM bot_handoff") == [
        ("wrap_up", "erased")
    ]
    assert await people.world.query("SELECT how FROM bot_handoff_stretch") == [("erased",)]


async def test_old_notes_go_with_the_words_of_their_time(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.takes(SATO, user)
    await people.desk.note(SATO, grip.handoff_id, people.form(NOTE))
    people.later(days=29)
    await people.world.run("bot.erase_old")
    assert await people.world.one("SELECT length(words) > 0 FROM bot_handoff_note")
    people.later(days=2)
    await people.world.run("bot.erase_old")
    assert await people.world.one("SELECT length(words) FROM bot_handoff_note") == 0
