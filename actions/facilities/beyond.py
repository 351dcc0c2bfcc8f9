"""What is asked about a facility beyond where and when: the FAQ knows it."""

import re

from actions.base import ActionContext, Turn
from actions.city import load_city
from actions.faq.actions import answer_message, keep_question, leads
from actions.faq.translations import entry_asked
from kit.errors import NotFoundError, UnavailableError
from messages.neutral import Text
from services.faq.contract import FaqClient, Outcome

_BEYOND = re.compile(
    r"遅れ(?:た|て|る)ら|返すの|延長|更新|登録|作り(?:たい|方)|手続|出す(?:ん|の|もの|書類)|補助|助成|予約|申[しっ]?込|申請|取り消|キャンセル|借り(?:たい|られ|る)|料金|いくら|無料|有料|こわれ|壊れ|wi-?fi|ワイファイ"
    r"|充電|忘れ物|落とし|弁償|苦情|うるさ|働き|募集|許可|税務署|年金事務所|警察|郵便局|法務局|裁判所"
    r"|ハローワーク|保健所|入管|運輸支局|県営|温泉",
    re.IGNORECASE,
)


async def answer_beyond(context: ActionContext, turn: Turn) -> Text | None:
    """Return the entry that answers; None where only the place is asked, or none leads."""
    if turn.text.startswith("/"):
        return None
    city = load_city(context.settings.city_dir)
    faq = context.client(FaqClient)
    try:
        if asked := entry_asked(turn.text, city.folder):
            return answer_message(await faq.entry(asked), city)
        if not _BEYOND.search(turn.text):
            return None
        result = await faq.search(turn.text, 3)
    except (UnavailableError, NotFoundError):
        return None
    if not leads(result):
        return None
    entry, *others = [hit.entry for hit in result.hits]
    key = await keep_question(context, turn, Outcome.answered, [entry])
    return answer_message(entry, city, key, others)
