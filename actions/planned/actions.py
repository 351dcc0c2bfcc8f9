"""Skills whose services are still to come: honest about what will be possible, helpful today.

An intent leaves this table together with its rule when its service arrives.
"""

import re
from dataclasses import dataclass

from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.city import City, load_city
from actions.facilities.actions import AskFacility
from actions.facilities.opening import place_asked
from actions.faq.actions import answer_message
from actions.faq.related import sure_entry, with_entry
from actions.planned.nouns_parsing import family, has_its_noun
from actions.talking.actions import HUMAN
from actions.talking.corrections import earlier_questions
from actions.talking.fallback import Fallback
from kit.errors import UnavailableError
from kit.wording import translated
from messages.neutral import Choice, OpenLink, Text
from services.faq.contract import FaqClient, Verdict


@dataclass(frozen=True)
class Coming:
    """What an intent will do one day (`later`), and what helps until then (`now`).

    `{desk}` in `now` stands for the desk of the matter with the city's telephone number.
    """

    later: str
    now: str
    matter: str
    choices: tuple[Choice, ...] = ()


_AMBULANCE = OpenLink(label="119 火事・救急", url="tel:119")


COMING: dict[str, Coming] = {
    "ask_oncall_clinic": Coming(
        later="いま開いている休日・夜間の当番医を、日にちと診療科からご案内します。",
        now="受診を迷うときは#7119（大人）か#8000（子ども）に電話すると、看護師などに相談できます。"
        "意識がない、息が苦しいなど急を要するときは、すぐ119へ。",
        matter="予防接種",
        choices=(
            OpenLink(label="#7119 救急の相談", url="tel:024-524-3020"),
            OpenLink(label="#8000 こども救急", url="tel:024-521-3790"),
            _AMBULANCE,
        ),
    ),
    "ask_nursery_vacancy": Coming(
        later="お子さんの年齢と地区から、空きのある保育所やこども園をご案内します。",
        now="いまの空きは、{desk}でお答えします。",
        matter="保育",
    ),
    "apply_nursery": Coming(
        later="保育所などの申し込みを、本人の確認をしたうえで、スマートフォンからできるようにします。",
        now="申し込みの書類と締め切りは、{desk}でご案内します。"
        "勤め先に書いてもらう就労証明書は、早めにお願いしておくと安心です。",
        matter="保育",
    ),
    "estimate_nursery_points": Coming(
        later="入所を決めるときの点数の目安を、質問に答えていただいて計算します。",
        now="いまは、点数の数え方を{desk}でご説明しています。",
        matter="保育",
    ),
    "ask_nursery_result": Coming(
        later="申し込みの結果とその理由を、ご本人とわかってから、専用ページでお見せします。",
        now="結果は郵送でお知らせします。お急ぎのときは{desk}へ。",
        matter="保育",
    ),
    "change_nursery_application": Coming(
        later="希望の園の変更、書類の追加、取り下げを、スマートフォンからできるようにします。",
        now="変更や取り下げは、{desk}で受け付けます。締め切りがありますので、お早めにどうぞ。",
        matter="保育",
    ),
    "ask_vaccination_schedule": Coming(
        later="お子さんの生まれた日から、次に受ける予防接種とその時期をお知らせします。",
        now="いまは母子健康手帳の予定表をご覧になるか、{desk}にお尋ねください。",
        matter="予防接種",
    ),
    "view_vaccination_record": Coming(
        later="受けた予防接種の記録をご覧いただけます。"
        "お子さんやご自身の記録は、ご本人とわかってから、トークの外の専用ページでお見せします。",
        now="いまは母子健康手帳か、マイナポータルでご覧ください。",
        matter="予防接種",
        choices=(OpenLink(label="マイナポータル", url="https://myna.go.jp/"),),
    ),
    "view_checkup_record": Coming(
        later="健診の結果をご覧いただけます。"
        "お子さんやご自身の記録は、ご本人とわかってから、トークの外の専用ページでお見せします。",
        now="いまは届いた結果の用紙か、マイナポータルでご覧ください。",
        matter="健診",
        choices=(OpenLink(label="マイナポータル", url="https://myna.go.jp/"),),
    ),
    "view_growth_chart": Coming(
        later="お子さんの身長と体重の伸びをグラフでご覧いただけます。"
        "お子さんやご自身の記録は、ご本人とわかってから、トークの外の専用ページでお見せします。",
        now="いまは母子健康手帳の成長曲線に書きこんでご覧ください。",
        matter="母子手帳",
    ),
    "record_growth": Coming(
        later="お子さんの身長と体重を、専用ページで記録していただけます。",
        now="このトークに書かれた数字は、記録されません。いまは母子健康手帳にお書きください。",
        matter="母子手帳",
    ),
    "view_medication": Coming(
        later="お薬手帳をご覧いただけます。"
        "お子さんやご自身の記録は、ご本人とわかってから、トークの外の専用ページでお見せします。",
        now="いまは薬局のお薬手帳か、マイナポータルでご覧ください。",
        matter="健診",
        choices=(OpenLink(label="マイナポータル", url="https://myna.go.jp/"),),
    ),
    "write_diary": Coming(
        later="育児日記を、ご本人だけが見られる専用ページで書いていただけます。",
        now="このトークに書かれたことは、日記には残りません。"
        "気がかりなことがあれば、{desk}の保健師にご相談ください。",
        matter="母子手帳",
    ),
}


def coming_message(coming: Coming, city: City) -> Text:
    """Return what will be possible, what helps now, and a person."""
    desks = city.desks_for(coming.matter)
    name = desks[0].name if desks else city.general_desk.name
    phone = city.general_desk.phone
    desk = translated("{desk}（代表 {phone}）", desk=translated(name), phone=phone)
    now = translated(coming.now, desk=desk)
    call = (
        () if "{desk}" not in coming.now else (OpenLink(label="電話をかける", url=f"tel:{phone}"),)
    )
    return Text(
        text=f"{now}\n\n{translated('【準備中】')}{translated(coming.later)}",
        choices=(*coming.choices, *call, HUMAN),
    )


# A fact is asked for, which the FAQ tells whether or not the service is there.
_ASKS_A_FACT = re.compile(
    r"いつ|どこ|いくら|何歳|なにを|何を|何が|方法|必要|見方|もらえ|できますか"
)


class AnswerComing(CityAction):
    """Answers every intent whose service is still to come."""

    action_name = "action_coming"

    async def act(self, turn: Turn) -> Events:
        """Say what is possible today; an FAQ entry that surely answers the words comes with it.

        Words without the skill's own noun are some other matter, unless the skill was asked before.
        """
        if not has_its_noun(turn.intent, turn.text) and not _follows(turn):
            other = await self._other_matter(turn)
            if other is not None:
                return other
        city = load_city(self.context.settings.city_dir)
        entry = await sure_entry(self.context, turn)
        if entry is not None and _ASKS_A_FACT.search(turn.text):
            turn.say(answer_message(entry, city))
        else:
            turn.say(with_entry(coming_message(COMING[turn.intent], city), entry))
        return []

    async def _other_matter(self, turn: Turn) -> Events | None:
        """Answer what else the words may ask: when a place is open, an entry; None for nothing."""
        if await place_asked(self.context, turn):
            return await AskFacility(self.context).act(turn)
        try:
            result = await self.context.client(FaqClient).search(turn.text, 3)
        except UnavailableError:
            return None
        if result.verdict is Verdict.unsure:
            return None
        return await Fallback(self.context).act(turn)


def _follows(turn: Turn) -> bool:
    own = family(turn.intent)
    return any(family(earlier.intent) is own for earlier in earlier_questions(turn))


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this module."""
    return [AnswerComing(context)]
