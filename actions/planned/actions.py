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
from messages.neutral import Choice, OpenLink, Text


@dataclass(frozen=True)
class Coming:
    """What an intent will do one day (`later`), and what helps until then (`now`).

    `{desk}` in `now` stands for the desk of the matter with the city's telephone number.
    """

    later: str
    now: str
    matter: str
    choices: tuple[Choice, ...] = ()


COMING: dict[str, Coming] = {
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
