"""Who is speaking: linking My-ID, the card, what was looked at, and how to end it all."""

from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.identity.step_up import CANCEL
from actions.residents.actions import VIEW_CONTACT
from actions.talking.actions import HUMAN
from actions.talking.privacy_parsing import asks_who_reads
from auth.levels import Level
from identity.contract import ACCESS_PAGE, ACCOUNT_PAGE, DELETE_PAGE, IdentityClient
from kit.wording import translated
from messages.neutral import OpenLink, Payload, Text

_TEN_MINUTES = "リンクは10分以内に一度だけ使えます。ほかの人には送らないでください。"
_UNLINK = Payload(label="連携を外す", payload="/unlink_account")
_MENU = Payload(label="メニューを見る", payload="/help")
_MY_ID = "my-id"


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this skill."""
    kinds = (LinkMyId, VerifyMyNumber, UndoLink, UnlinkAccount, AskAccessLog, AskPrivacy)
    return [kind(context) for kind in kinds]


class _IdentityAction(CityAction):
    """What the actions of this skill share."""

    async def link(self, turn: Turn, level: Level, page: str | None = None) -> str:
        """Return a one-time link to a login, or behind it to a page."""
        return await self.context.client(IdentityClient).one_time_link(
            turn.citizen_id, level, page=page
        )

    async def providers(self, turn: Turn) -> tuple[str, ...]:
        """Return what is linked."""
        return (await self.context.client(IdentityClient).standing(turn.citizen_id)).providers


class LinkMyId(_IdentityAction):
    """Serves `link_my_id`: sends the link to a first login."""

    action_name = "action_link_my_id"

    async def act(self, turn: Turn) -> Events:
        """Send the link, unless My-ID is linked already."""
        if _MY_ID in await self.providers(turn):
            turn.say(Text(text="このLINEは、My-IDとつながっています。", choices=(_UNLINK, _MENU)))
            return []
        url = await self.link(turn, Level.L2)
        turn.say(
            Text(
                text="\n".join(
                    (
                        "My-IDとこのLINEをつなぐと、毎回の入力が少なくなります。",
                        "下のボタンからお進みください。",
                        _TEN_MINUTES,
                        "つないだあとも、いつでも外せます。",
                    )
                ),
                choices=(OpenLink(label="My-IDとつなぐ", url=url), CANCEL),
            )
        )
        return []


class VerifyMyNumber(_IdentityAction):
    """Serves `verify_mynumber`: sends the link to the card."""

    action_name = "action_verify_mynumber"

    async def act(self, turn: Turn) -> Events:
        """Send the link, and say that no number belongs into the talk."""
        url = await self.link(turn, Level.L3)
        turn.say(
            Text(
                text="\n".join(
                    (
                        "マイナンバーカードでご本人を確認します。カードと4桁の暗証番号をご用意のうえ、"
                        "下のボタンからお進みください。",
                        _TEN_MINUTES,
                        "マイナンバー（12桁）や暗証番号は、このトークに送らないでください。",
                    )
                ),
                choices=(OpenLink(label="カードで本人確認", url=url), CANCEL),
            )
        )
        return []


class UndoLink(_IdentityAction):
    """Serves `undo_link`, the button under the notice of a new link."""

    action_name = "action_undo_link"

    async def act(self, turn: Turn) -> Events:
        """End that link."""
        link_id = turn.entity("identity_link")
        ended = link_id and await self.context.client(IdentityClient).unlink(
            turn.citizen_id, link_id
        )
        text = (
            "つながりを取り消しました。お心当たりがないときは、職員にご相談ください。"
            if ended
            else "このつながりは、もう外れています。"
        )
        turn.say(Text(text=text, choices=(HUMAN, _MENU)))
        return []


class UnlinkAccount(_IdentityAction):
    """Serves `unlink_account`: asks what shall go, then does it."""

    action_name = "action_unlink_account"

    async def act(self, turn: Turn) -> Events:
        """Unlink on the button alone; deleting is done on a page, where it is asked once more."""
        if turn.text.startswith("/") and turn.entity("unlink_what") == "links":
            ended = await self.context.client(IdentityClient).unlink(turn.citizen_id)
            text = "連携を外しました。" if ended else "つながっているものはありません。"
            turn.say(Text(text=text, choices=(_MENU,)))
            return []
        url = await self.link(turn, Level.L1, DELETE_PAGE)
        turn.say(
            Text(
                text="どちらにしますか？\n"
                "・連携だけ外す：ログインとのつながりを外します。トークはこのまま使えます。\n"
                "・情報も消す：お預かりした情報をすべて消します。ページで内容を確かめてから消します。",
                choices=(
                    Payload(
                        label="連携だけ外す", payload='/unlink_account{"unlink_what": "links"}'
                    ),
                    OpenLink(label="情報も消す", url=url),
                    CANCEL,
                ),
            )
        )
        return []


class AskAccessLog(_IdentityAction):
    """Serves `ask_access_log`: leads to the page that shows who looked at what."""

    action_name = "action_ask_access_log"

    async def act(self, turn: Turn) -> Events:
        """Send the link to the page; records never stand in the talk."""
        url = await self.link(turn, Level.L1, ACCESS_PAGE)
        turn.say(
            Text(
                text="\n".join(
                    (
                        "だれが、いつ、何のためにあなたの情報を見たかを、専用ページでご覧いただけます。",
                        _TEN_MINUTES,
                    )
                ),
                choices=(OpenLink(label="記録を見る", url=url), CANCEL),
            )
        )
        return []


NOBODY_TOLD = (
    "市の自動応答です。書いたことを、このトークからご家族や学校、勤め先に知らせることはありません。"
    "職員への相談を選んだときや、命の危険があるときは、担当の職員が読むことがあります。"
)
KEPT = (
    "このトークでは、お名前や住所をお聞きしません。お預かりするのは、ご登録の地区、"
    "お知らせの時刻、やりとりの記録（30日）です。\n"
    "ご自身の記録は、カードでの本人確認のあと、トークの外の専用ページでだけお見せします。"
    "LINEには伝わりません。\n"
    "マイナンバーと思われる数字は、届いても記録しません。"
)


class AskPrivacy(_IdentityAction):
    """Serves `ask_privacy`: what is kept, and where one sees and ends it."""

    action_name = "action_ask_privacy"

    async def act(self, turn: Turn) -> Events:
        """Say it in words, with the page for everything else."""
        told = [NOBODY_TOLD, KEPT] if asks_who_reads(turn.written) else [KEPT]
        url = await self.link(turn, Level.L1, ACCOUNT_PAGE)
        turn.say(
            Text(
                text="\n".join(map(translated, told)),
                choices=(
                    OpenLink(label="お預かりの情報", url=url),
                    Payload(label="見た人の記録", payload="/ask_access_log"),
                    VIEW_CONTACT,
                    _UNLINK,
                ),
            )
        )
        return []
