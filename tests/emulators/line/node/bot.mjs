import { createServer } from "node:http";
import { messagingApi, validateSignature } from "@line/bot-sdk";
const { PORT, BASE, SECRET, TOKEN } = process.env;
const line = new messagingApi.MessagingApiClient({ channelAccessToken: TOKEN, baseURL: BASE });
createServer(async (request, response) => {
  const raw = Buffer.concat(await request.toArray());
  if (!validateSignature(raw, SECRET, request.headers["x-line-signature"] ?? "")) return response.writeHead(401).end();
  for (const { replyToken, message } of JSON.parse(raw).events.filter((event) => event.message?.type === "text"))
    await line.replyMessage({ replyToken, messages: [{ type: "text", text: `「${message.text}」ですね` }] });
  response.end();
}).listen(PORT, "127.0.0.1");
