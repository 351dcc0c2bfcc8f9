// A skill from outside: bicycles at the stations of a sharing system, from its GBFS feed.
// It uses nothing but Node. SKILL_SECRET is what the registration returned; PORT defaults to 18787.
// GBFS_URL is where station_information.json and station_status.json are; without it the record in feed/ is read.

import { createHmac, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const secret = process.env.SKILL_SECRET;
if (!secret) throw new Error("SKILL_SECRET is not set");
const port = Number(process.env.PORT ?? 18787);
const feed = process.env.GBFS_URL?.replace(/\/$/, "");
const wanted = process.env.STATIONS?.split(",");

const MOST_STATIONS = 7;
const FEED_MILLISECONDS = 1000;
const TOLERANCE_SECONDS = 300;
const LARGEST_BODY = 64 * 1024;
const seen = new Map(); // nonce → when it may be forgotten

async function read(name) {
  const file = `${name}.json`;
  if (!feed) return JSON.parse(await readFile(new URL(`feed/${file}`, import.meta.url)));
  const answer = await fetch(`${feed}/${file}`, { signal: AbortSignal.timeout(FEED_MILLISECONDS) });
  if (!answer.ok) throw new Error(`the feed answered ${answer.status}`);
  return answer.json();
}

let known = { until: 0, stations: [], at: 0 };

// The feed says itself (`ttl`) how long it may be kept. A feed that fails leaves what was known last.
async function current() {
  if (Date.now() < known.until) return known;
  try {
    const [information, status] = await Promise.all([read("station_information"), read("station_status")]);
    const states = new Map(status.data.stations.map((one) => [one.station_id, one]));
    const all = information.data.stations.map((one) => ({ ...one, ...states.get(one.station_id) }));
    const chosen = all.filter((one) => !wanted || wanted.includes(one.station_id)).slice(0, MOST_STATIONS);
    const at = status.last_updated ?? Math.max(...chosen.map((one) => one.last_reported));
    known = { until: Date.now() + 1000 * (status.ttl || 60), stations: chosen, at };
  } catch (error) {
    console.error("the feed cannot be read:", error.message);
  }
  return known;
}

const sign = (timestamp, nonce, body) =>
  "v1=" + createHmac("sha256", secret).update(`${timestamp}.${nonce}.`).update(body).digest("hex");

function isGenuine(headers, body) {
  const timestamp = headers["x-concierge-timestamp"] ?? "";
  const nonce = headers["x-concierge-nonce"] ?? "";
  const given = Buffer.from(headers["x-concierge-signature"] ?? "");
  const expected = Buffer.from(sign(timestamp, nonce, body));
  const now = Date.now() / 1000;
  for (const [old, until] of seen) if (until < now) seen.delete(old);
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  if (seen.has(nonce)) return false;
  seen.set(nonce, now + 2 * TOLERANCE_SECONDS);
  return true;
}

const named = (station) => station.name.replace(/^[A-Z]\d+-\d+\.\s*/, "");
const short = (text) => (text.length > 20 ? `${text.slice(0, 19)}…` : text);
const time = (seconds) =>
  new Date(seconds * 1000).toLocaleString("ja-JP", { timeZone: "Asia/Tokyo", dateStyle: "medium", timeStyle: "short" });

const words = {
  ja: {
    which: "どのステーションの空きを見ますか。", none: "いま、台数が分かりません。時間をおいて、もう一度お試しください。",
    bikes: "借りられる自転車", docks: "返せる台数", closed: "貸出なし", unit: "台",
    all: "すべて見る", summary: (s) => `${named(s)}：借りられる自転車 ${s.num_bikes_available}台`,
    source: (at) => `${at}の台数です（出典：ドコモ・バイクシェア、公共交通オープンデータセンター、CC BY 4.0）。`,
  },
  en: {
    which: "Which station would you like to see?", none: "The numbers are not known at the moment. Please try again later.",
    bikes: "Bicycles to rent", docks: "Free docks", closed: "Not renting", unit: "",
    all: "Show all", summary: (s) => `${named(s)}: ${s.num_bikes_available} bicycles to rent`,
    source: (at) => `As of ${at} (source: Docomo Bike Share, ODPT, CC BY 4.0).`,
  },
};

function card(station, say) {
  const count = (n) => `${n}${say.unit}`;
  return {
    title: named(station).slice(0, 40),
    subtitle: station.is_renting ? "" : say.closed,
    facts: [
      { label: say.bikes, value: count(station.is_renting ? station.num_bikes_available : 0) },
      { label: say.docks, value: count(station.is_returning ? station.num_docks_available : 0) },
    ],
  };
}

async function answer({ slots }) {
  const say = words[slots.language] ?? words.ja;
  const { stations, at } = await current();
  const text = (said, choices = []) => ({ version: "1", messages: [{ type: "text", text: said, choices }] });
  if (stations.length === 0) return text(say.none);
  const found = stations.filter((station) => station.station_id === slots.station);
  const shown = slots.station === "all" ? stations : found;
  if (shown.length === 0) {
    const choices = stations.map((s) => ({ kind: "again", label: short(named(s)), slots: { station: s.station_id } }));
    return text(say.which, [...choices, { kind: "again", label: say.all, slots: { station: "all" } }]);
  }
  const summary = shown.map(say.summary).join("\n").slice(0, 400);
  const cards = { type: "cards", summary, cards: shown.map((station) => card(station, say)) };
  return { version: "1", messages: [cards, { type: "text", text: say.source(time(at)) }] };
}

async function say(request, response, body) {
  const said = Buffer.from(JSON.stringify(await answer(JSON.parse(body))));
  const timestamp = String(Math.floor(Date.now() / 1000));
  response.writeHead(200, {
    "Content-Type": "application/json",
    "Content-Length": said.length,
    "X-Concierge-Timestamp": timestamp,
    "X-Concierge-Signature": sign(timestamp, request.headers["x-concierge-nonce"], said),
  });
  response.end(said);
}

const server = createServer((request, response) => {
  const parts = [];
  let size = 0;
  request.on("data", (part) => {
    size += part.length;
    if (size > LARGEST_BODY) return request.destroy();
    parts.push(part);
  });
  request.on("end", () => {
    const body = Buffer.concat(parts);
    if (request.method !== "POST" || request.url !== "/answer") return response.writeHead(404).end();
    if (!isGenuine(request.headers, body)) return response.writeHead(401).end();
    say(request, response, body).catch(() => response.writeHead(500).end());
  });
});
server.listen(port, "127.0.0.1", () => console.log(`bicycle stations at http://127.0.0.1:${port}/answer`));
