// Calls the emulator through LINE's SDK for Node and prints what it got as one JSON object.
import { readFile } from "node:fs/promises";
import { channelAccessToken, insight, manageAudience, messagingApi, HTTPFetchError } from "@line/bot-sdk";

const { BASE: baseURL, TOKEN, CHANNEL_ID, SECRET, USER, REPLY_TOKEN, MENU } = process.env;
const config = { channelAccessToken: TOKEN, baseURL };
const line = new messagingApi.MessagingApiClient(config);
const blob = new messagingApi.MessagingApiBlobClient(config);
const audiences = new manageAudience.ManageAudienceClient(config);
const figures = new insight.InsightClient(config);
const oauth = new channelAccessToken.ChannelAccessTokenClient({ baseURL });
const messages = [{ type: "text", text: "こんにちは" }];
const found = {};

found.token = (await oauth.issueStatelessChannelTokenByClientSecret(CHANNEL_ID, SECRET)).token_type;
found.reply = (await line.replyMessage({ replyToken: REPLY_TOKEN, messages })).sentMessages.length;
found.push = (await line.pushMessage({ to: USER, messages }, crypto.randomUUID())).sentMessages.length;
await line.multicast({ to: [USER], messages });
await line.broadcast({ messages });
const accepted = await line.narrowcastWithHttpInfo({ messages });
const requestId = accepted.httpResponse.headers.get("x-line-request-id");
found.narrowcast = (await line.getNarrowcastProgress(requestId)).phase;
found.quota = (await line.getMessageQuota()).type;
found.used = (await line.getMessageQuotaConsumption()).totalUsage;
found.profile = (await line.getProfile(USER)).displayName;
found.bot = (await line.getBotInfo()).chatMode;
found.followers = (await line.getFollowers()).userIds;
await line.showLoadingAnimation({ chatId: USER, loadingSeconds: 5 });
found.link = (await line.issueLinkToken(USER)).linkToken.length;

const { richMenuId } = await line.createRichMenu(JSON.parse(MENU));
await blob.setRichMenuImage(richMenuId, new Blob([await readFile("menu.png")], { type: "image/png" }));
await line.createRichMenuAlias({ richMenuAliasId: "tab-a", richMenuId });
await line.setDefaultRichMenu(richMenuId);
await line.linkRichMenuIdToUser(USER, richMenuId);
found.menu = (await line.getRichMenuIdOfUser(USER)).richMenuId === richMenuId;
await line.richMenuBatch({ operations: [{ type: "unlinkAll" }] });

const group = await audiences.createAudienceGroup({ description: "東山", audiences: [{ id: USER }] });
found.audience = (await audiences.getAudienceData(group.audienceGroupId)).audienceGroup.description;
found.demographics = (await figures.getFriendsDemographics()).available;
try {
  await line.pushMessage({ to: USER, messages: [{ type: "text", text: "x".repeat(5001) }] });
} catch (error) {
  found.refused = error instanceof HTTPFetchError ? [error.status, JSON.parse(error.body).details[0].property] : String(error);
}
console.log(JSON.stringify(found));
