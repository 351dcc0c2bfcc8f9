"""Skills whose services are still to come: honest about what will be possible, helpful today.

An intent leaves this table together with its rule when its service arrives.
"""

from dataclasses import dataclass

from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.city import City, load_city
from actions.faq.actions import answer_message
from actions.faq.related import sure_entry, with_entry
from actions.planned.another_matter import another_matter
from actions.planned.nouns_parsing import asks_a_fact
from actions.talking.actions import HUMAN
from kit.wording import translated
from messages.neutral import Choice, OpenLink, Payload, Text


@dataclass(frozen=True)
class Coming:
    """What an intent will do one day (`later`), and what helps until then (`now`).

    `{desk}` in `now` stands for the desk of the matter with the city's telephone number.
    """

    later: str
    now: str
    matter: str
    choices: tuple[Choice, ...] = ()


_WARNINGS = OpenLink(
    label="気象庁の警報・注意報", url="https://www.jma.go.jp/bosai/map.html#contents=warning"
)
_RIVERS = OpenLink(label="国の「川の防災情報」", url="https://www.river.go.jp/")
_SHELTERS = Payload(label="避難所をさがす", payload="/ask_shelter")
_AMBULANCE = OpenLink(label="119 火事・救急", url="tel:119")
_POLICE = OpenLink(label="110 警察", url="tel:110")


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
    "ask_alert_status": Coming(
        later="市に出ている警報や避難の指示を、このトークでお答えします。",
        now="いま出ている警報は、気象庁のページでご覧いただけます。避難の指示は、防災行政無線、"
        "テレビのdボタン、携帯電話の緊急速報メールでもお伝えします。"
        "危ないと感じたら、指示を待たずに安全な場所へ。",
        matter="防災",
        choices=(_WARNINGS, _SHELTERS),
    ),
    "ask_river_level": Coming(
        later="川やため池のいまの水位を、このトークでお答えします。",
        now="阿賀川などの水位は、国の「川の防災情報」でご覧いただけます。"
        "川の様子を見に行くのは、とても危険です。おやめください。",
        matter="防災",
        choices=(_RIVERS, _WARNINGS, _SHELTERS),
    ),
    "report_safety": Coming(
        later="災害のとき、ご無事かどうか、助けがいるかどうかを、市が受け付けます。",
        now="このトークから救助を呼ぶことは、まだできません。命の危険があるときは119か110へ。"
        "ご家族への無事の知らせには、災害用伝言ダイヤル171が使えます。",
        matter="防災",
        choices=(
            _AMBULANCE,
            _POLICE,
            OpenLink(label="171 災害用伝言", url="tel:171"),
            _SHELTERS,
        ),
    ),
    "report_snow_road": Coming(
        later="雪で危ない道を、写真と場所をつけて、このトークから知らせていただけます。",
        now="このトークでの受け付けは、まだ始まっていません。お急ぎのときは、{desk}にお電話ください。"
        "けが人がいるとき、車に閉じ込められたときは119へ。",
        matter="除雪",
    ),
    "ask_plow_status": Coming(
        later="除雪車がいまどこにいて、お住まいの道をいつ通ったかをお答えします。",
        now="いまは、このトークではわかりません。お急ぎのときは、{desk}にお電話ください。",
        matter="除雪",
    ),
    "ask_slippery_road": Coming(
        later="いま滑りやすい道と、歩くときに気をつける所をお知らせします。",
        now="いまは、このトークではわかりません。朝晩と日かげ、橋の上は特に凍りやすいので、"
        "小さな歩幅で、足の裏全体をつけて歩いてください。",
        matter="除雪",
    ),
    "ask_report_status": Coming(
        later="お知らせいただいた件がどうなったかを、受付番号からお答えします。",
        now="いまは、このトークでは調べられません。{desk}に、お知らせの日と場所をお伝えください。",
        matter="道路",
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


class AnswerComing(CityAction):
    """Answers every intent whose service is still to come."""

    action_name = "action_coming"

    async def act(self, turn: Turn) -> Events:
        """Say what is possible today; an FAQ entry that surely answers the words comes with it.

        Words without the skill's own noun are some other matter, unless the skill was asked before.
        """
        other = await another_matter(self.context, turn)
        if other is not None:
            return other
        city = load_city(self.context.settings.city_dir)
        entry = await sure_entry(self.context, turn)
        if entry is not None and asks_a_fact(turn.text):
            turn.say(answer_message(entry, city))
        else:
            turn.say(with_entry(coming_message(COMING[turn.intent], city), entry))
        return []


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this module."""
    return [AnswerComing(context)]
