// One message of any type as an element.

import { contentUrl } from "./api.js";
import { el, linkUrl, mediaUrl, picture, words } from "./dom.js";
import { makeFlex } from "./flex.js";
import { sticker } from "./stickers.js";
import { makeTemplates } from "./templates.js";

/** Return a function that draws a message; `mine` says that a person sent it, not the bot. */
export function makeMessages(actions, videoEnded) {
  const flex = makeFlex(actions);
  const { template, imagemap } = makeTemplates(actions);
  const drawers = {
    text: (message) => bubble(withEmojis(message)),
    textV2: (message) => bubble(substituted(message)),
    sticker: (message) => el("div", { class: "sticker" }, sticker(message)),
    image,
    video: (message, mine) => video(message, mine, videoEnded),
    audio,
    file: (message) => bubble(`📎 ${message.fileName}（${message.fileSize} バイト）`),
    location: place,
    imagemap,
    template: (message) => described(template(message.template), message.altText),
    flex: (message) => described(flex(message.contents), message.altText),
    coupon: (message) => bubble(`クーポン ${message.couponId}`),
    unsent: () => el("p", { class: "gone", text: "メッセージの送信を取り消しました" }),
  };

  return (message, mine) => {
    const draw = drawers[message.type];
    return draw ? draw(message, mine) : bubble(`表示できないメッセージです（${message.type}）`);
  };
}

function bubble(text) {
  return words(el("div", { class: "words" }), text);
}

function described(node, altText) {
  return el("div", { class: "framed", role: "group", "aria-label": altText }, node);
}

// The position of an emoji is counted in UTF-16 units, as JavaScript counts.
function withEmojis({ text, emojis = [] }) {
  const units = text.split("");
  for (const emoji of emojis) if (units[emoji.index] === "$") units[emoji.index] = "☺";
  return units.join("");
}

function substituted({ text, substitution = {} }) {
  return text.replace(/\{\{|\}\}|\{(\w+)\}/g, (found, key) => {
    if (key === undefined) return found[0];
    return substitution[key]?.type === "mention" ? "@あなた" : "☺";
  });
}

function image(message, mine) {
  const address = mine ? new URL(contentUrl(message.id), location.href).href : message.originalContentUrl;
  const shown = mine ? address : message.previewImageUrl;
  const safe = mediaUrl(address);
  const node = picture(shown, "写真", { class: "photo" });
  return safe ? el("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, node) : node;
}

function video(message, mine, ended) {
  if (mine) return bubble("🎬 動画を送りました");
  return el("video", {
    onended: () => message.trackingId && ended(message.trackingId),
    class: "photo",
    controls: true,
    preload: "none",
    src: mediaUrl(message.originalContentUrl),
    poster: mediaUrl(message.previewImageUrl),
  });
}

function audio(message, mine) {
  if (mine) return bubble("🎤 音声を送りました");
  return el("audio", { controls: true, preload: "none", src: mediaUrl(message.originalContentUrl) });
}

function place(message) {
  const { latitude, longitude } = message;
  const map = linkUrl(`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`);
  return el(
    "div",
    { class: "place" },
    el("div", { class: "place-pin", "aria-hidden": "true" }),
    el("p", { class: "card-title", text: message.title || "位置情報" }),
    message.address ? el("p", { text: message.address }) : null,
    el("p", { class: "small", text: `${latitude}, ${longitude}` }),
    el("a", { href: map, target: "_blank", rel: "noopener noreferrer", text: "地図で見る" }),
  );
}
