"""LINE's own Python SDK, pointed at the emulator."""

import base64
import json
from collections.abc import Iterator

import pytest
from linebot.v3 import messaging, oauth

from tests.emulators.line.running import TOKEN, Emulator
from tests.emulators.line.test_conformity import png


@pytest.fixture
def client(emulator: Emulator) -> Iterator[messaging.ApiClient]:
    """An SDK client; `host` serves both of LINE's hosts."""
    configuration = messaging.Configuration(host=emulator.url, access_token=TOKEN)
    with messaging.ApiClient(configuration) as client:
        yield client


@pytest.fixture
def api(client: messaging.ApiClient) -> messaging.MessagingApi:
    return messaging.MessagingApi(client)


def text(value: str = "こんにちは") -> messaging.TextMessage:
    return messaging.TextMessage(text=value)


def test_it_gets_a_token_that_works(emulator: Emulator) -> None:
    with oauth.ApiClient(oauth.Configuration(host=emulator.url)) as client:
        issued = oauth.ChannelAccessToken(client).issue_stateless_channel_token(
            grant_type="client_credentials",
            client_id=emulator.settings.line_channel_id,
            client_secret=emulator.settings.line_channel_secret.get_secret_value(),
        )
    configuration = messaging.Configuration(host=emulator.url, access_token=issued.access_token)
    with messaging.ApiClient(configuration) as client:
        assert messaging.MessagingApi(client).get_bot_info().chat_mode == "chat"


def test_it_replies_and_sends(api: messaging.MessagingApi, emulator: Emulator, user: str) -> None:
    emulator.write(user, type="text", text="やあ")
    token = json.loads(emulator.bot.wait(2)[1].raw)["events"][0]["replyToken"]
    done = api.reply_message(messaging.ReplyMessageRequest(replyToken=token, messages=[text()]))
    assert done.sent_messages[0].quote_token
    api.push_message(messaging.PushMessageRequest(to=user, messages=[text()]))
    api.multicast(messaging.MulticastRequest(to=[user], messages=[text()]))
    api.broadcast(messaging.BroadcastRequest(messages=[text()]))
    api.validate_push(messaging.ValidateMessageRequest(messages=[text()]))
    assert len(emulator.talk(user)) == 5
    assert api.get_message_quota_consumption().total_usage == 3
    assert api.get_message_quota().type == "none"


def test_it_reads_the_refusal(api: messaging.MessagingApi, user: str) -> None:
    request = messaging.PushMessageRequest(to=user, messages=[text("x" * 5001)])
    with pytest.raises(messaging.ApiException) as caught:
        api.push_message(request)
    assert caught.value.status == 400
    assert "messages[0].text" in caught.value.body
    assert caught.value.headers["x-line-request-id"]


def test_it_meets_its_own_retry_key(api: messaging.MessagingApi, user: str) -> None:
    key = "123e4567-e89b-12d3-a456-426614174000"
    request = messaging.PushMessageRequest(to=user, messages=[text()])
    api.push_message(request, x_line_retry_key=key)
    with pytest.raises(messaging.ApiException) as caught:
        api.push_message(request, x_line_retry_key=key)
    assert caught.value.status == 409
    assert caught.value.headers["x-line-accepted-request-id"]


def test_it_knows_people(api: messaging.MessagingApi, user: str) -> None:
    assert api.get_profile(user).display_name == "花子"
    assert api.get_followers().user_ids == [user]
    loading = messaging.ShowLoadingAnimationRequest(chatId=user, loadingSeconds=10)
    api.show_loading_animation(loading)


def test_it_pages_through_followers(api: messaging.MessagingApi, emulator: Emulator) -> None:
    people = [emulator.add_user(str(number)) for number in range(5)]
    first = api.get_followers(limit=3)
    second = api.get_followers(limit=3, start=first.next)
    assert first.user_ids + second.user_ids == people
    assert second.next is None


def test_it_changes_the_webhook(api: messaging.MessagingApi, emulator: Emulator) -> None:
    before = api.get_webhook_endpoint().endpoint
    api.set_webhook_endpoint(messaging.SetWebhookEndpointRequest(endpoint=before))
    assert api.test_webhook_endpoint(messaging.TestWebhookEndpointRequest()).success
    assert len(emulator.bot.wait(1)) == 1


def test_it_fetches_files(client: messaging.ApiClient, emulator: Emulator, user: str) -> None:
    picture = png(8, 8)
    sent = emulator.write(user, type="image", content=base64.b64encode(picture).decode())
    blob = messaging.MessagingApiBlob(client)
    assert bytes(blob.get_message_content(sent["messageId"])) == picture
    assert bytes(blob.get_message_content_preview(sent["messageId"])) == picture


def test_it_makes_a_rich_menu(
    client: messaging.ApiClient, api: messaging.MessagingApi, user: str
) -> None:
    request = messaging.RichMenuRequest(
        size=messaging.RichMenuSize(width=800, height=540),
        selected=True,
        name="くらし",
        chatBarText="メニュー",
        areas=[
            messaging.RichMenuArea(
                bounds=messaging.RichMenuBounds(x=0, y=0, width=800, height=540),
                action=messaging.MessageAction(label="ごみ", text="ごみの日"),
            )
        ],
    )
    api.validate_rich_menu_object(request)
    menu = api.create_rich_menu(request).rich_menu_id
    messaging.MessagingApiBlob(client).set_rich_menu_image(
        menu, body=png(800, 540), _headers={"Content-Type": "image/png"}
    )
    api.create_rich_menu_alias(
        messaging.CreateRichMenuAliasRequest(richMenuAliasId="tab-a", richMenuId=menu)
    )
    api.set_default_rich_menu(menu)
    api.link_rich_menu_id_to_user(user, menu)
    assert api.get_rich_menu_id_of_user(user).rich_menu_id == menu
    assert api.get_default_rich_menu_id().rich_menu_id == menu
    assert [a.rich_menu_alias_id for a in api.get_rich_menu_alias_list().aliases] == ["tab-a"]
    assert api.get_rich_menu_list().richmenus[0].chat_bar_text == "メニュー"
    api.unlink_rich_menu_id_from_user(user)
    api.cancel_default_rich_menu()
    api.delete_rich_menu_alias("tab-a")
    api.delete_rich_menu(menu)
