"""A resident's own record: whether the city has a contact, told after the card, without a value."""

from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.identity.step_up import grant
from auth.levels import Level
from kit.wording import translated
from messages.neutral import OpenLink, Payload, Text
from services.residents.contract import AUDIENCE, ResidentsClient

VIEW_CONTACT = Payload(label="連絡先を確かめる", payload="/view_contact")

PAGE = "/my/contact"
_MENU = Payload(label="メニューを見る", payload="/help")
_SCOPES = ("residents:people:read", "residents:contact:read")


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this skill."""
    return [ViewContact(context)]


class ViewContact(CityAction):
    """Serves `view_contact`, a button: in words it might be another matter."""

    action_name = "action_view_contact"

    async def act(self, turn: Turn) -> Events:
        """Say how many contacts there are; what they are stands on the page alone."""
        residents = self.context.client(ResidentsClient)
        given = await grant(self.context, turn, AUDIENCE, _SCOPES, Level.L3)
        if given is None:
            return []
        people = (await residents.people(given)).people
        if not people:
            turn.say(
                Text(text="お住まいの記録との照合が、まだ終わっていません。", choices=(_MENU,))
            )
            return []
        contacts = [await residents.contact(given, person.resident_id) for person in people]
        count = sum(bool(contact.phone or contact.mail) for contact in contacts)
        # The browser that read the card opens the page; a link to a login would ask for it again.
        url = f"{self.context.settings.public_base_url}{PAGE}"
        page = "内容は専用ページでご覧ください。本人確認から15分ほど開けます。"
        choices = (OpenLink(label="連絡先のページ", url=url), _MENU)
        turn.say(Text(text="\n".join((_found(count), page)), choices=choices))
        return []


def _found(count: int) -> str:
    if count == 0:
        return translated("市からのお知らせが届くご連絡先は、登録されていません。")
    return translated("市からのお知らせが届くご連絡先が{count}件登録されています。", count=count)
