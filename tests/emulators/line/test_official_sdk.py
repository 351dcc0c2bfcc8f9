"""LINE's own Python SDK, pointed at the emulator."""

import base64
import json
from collections.abc import Iterator

import pytest
from linebot.v3 import audience, insight, messaging, oauth

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


def test_it_knows_groups(api: messaging.MessagingApi, emulator: Emulator, user: str) -> None:
    body = {"name": "町内会", "members": [user]}
    group = emulator.control("POST", "/groups", body)["groupId"]
    assert api.get_group_summary(group).group_name == "町内会"
    assert api.get_group_member_count(group).count == 1
    assert api.get_group_members_ids(group).member_ids == [user]
    assert api.get_group_member_profile(group, user).display_name == "花子"
    sent = api.push_message(messaging.PushMessageRequest(to=group, messages=[text()]))
    assert len(sent.sent_messages) == 1
    api.leave_group(group)
    with pytest.raises(messaging.ApiException):
        api.get_group_summary(group)


def test_it_links_accounts(api: messaging.MessagingApi, user: str) -> None:
    assert len(api.issue_link_token(user).link_token) == 32


def test_it_narrowcasts_to_an_audience(
    api: messaging.MessagingApi, emulator: Emulator, user: str
) -> None:
    configuration = audience.Configuration(host=emulator.url, access_token=TOKEN)
    with audience.ApiClient(configuration) as client:
        audiences = audience.ManageAudience(client)
        members = [audience.Audience(id=user)]
        wanted = audience.CreateAudienceGroupRequest(description="東山", audiences=members)
        group_id = audiences.create_audience_group(wanted).audience_group_id
        emulator.control("POST", "/clock", {"advance_seconds": 3})
        found = audiences.get_audience_data(group_id)
        assert (found.audience_group.status, found.audience_group.audience_count) == ("READY", 1)
        assert audiences.get_audience_groups(page=1).total_count == 1
    recipient = messaging.AudienceRecipient(audienceGroupId=group_id)
    request = messaging.NarrowcastRequest(messages=[text()], recipient=recipient)
    accepted = api.narrowcast_with_http_info(request)
    assert accepted.status_code == 202
    emulator.control("POST", "/clock", {"advance_seconds": 3})
    request_id = accepted.headers["x-line-request-id"]
    assert api.get_narrowcast_progress(request_id).success_count == 1


def test_it_reads_figures(api: messaging.MessagingApi, emulator: Emulator, user: str) -> None:
    units = ["gomi"]
    request = messaging.PushMessageRequest(to=user, messages=[text()], customAggregationUnits=units)
    api.push_message(request)
    assert api.get_aggregation_unit_name_list().custom_aggregation_units == units
    with insight.ApiClient(insight.Configuration(host=emulator.url, access_token=TOKEN)) as client:
        figures = insight.Insight(client)
        assert figures.get_number_of_followers("20260101").status == "ready"
        unit = figures.get_statistics_per_unit("gomi", "20260101", "20260110")
        assert unit.overview.unique_impression is None


def test_it_replaces_rich_menus_of_everybody(api: messaging.MessagingApi) -> None:
    operations = [messaging.RichMenuBatchUnlinkAllOperation()]
    request = messaging.RichMenuBatchRequest(operations=operations)
    api.validate_rich_menu_batch_request(request)
    accepted = api.rich_menu_batch_with_http_info(request)
    request_id = accepted.headers["x-line-request-id"]
    assert api.get_rich_menu_batch_progress(request_id).phase == "ongoing"
