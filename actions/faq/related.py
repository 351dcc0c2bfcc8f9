"""An FAQ entry offered beside another answer."""

from actions.base import ActionContext, Turn
from actions.faq.actions import pick
from actions.faq.searching import search
from kit.errors import UnavailableError
from kit.wording import translated
from messages.neutral import Text
from services.faq.contract import Entry, Verdict


async def sure_entry(context: ActionContext, turn: Turn) -> Entry | None:
    """Return the entry that surely answers the citizen's words; none for a tapped button.

    The other answer does not wait for a search that is away.
    """
    if turn.text.startswith("/"):
        return None
    try:
        result = await search(context, turn, turn.text, 1)
    except UnavailableError:
        return None
    return result.hits[0].entry if result.verdict is Verdict.sure else None


def with_entry(message: Text, entry: Entry | None) -> Text:
    """Return the message with an FAQ entry to tap, if there is one."""
    if entry is None:
        return message
    title = translated("よくある質問：{question}", question=entry.question)
    return Text(
        text=f"{message.text}\n\n{title}",
        choices=(pick(title, entry.id), *message.choices),
    )
