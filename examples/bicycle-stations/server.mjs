// A skill from outside: bicycles at the stations of a sharing system.
// It uses nothing but Node. SKILL_SECRET is what the registration returned; PORT defaults to 18787.

import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const secret = process.env.SKILL_SECRET;
if (!secret) throw new Error("SKILL_SECRET is not set");
const port = Number(process.env.PORT ?? 18787);
const stations = JSON.parse(readFileSync(new URL("stations.json", import.meta.url))).data.stations;

const TOLERANCE_SECONDS = 300;
const LARGEST_BODY = 64 * 1024;
const seen = new Map(); // nonce → when it may be forgotten

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

const words = {
  ja: {
    which: "どのステーションの空きを見ますか。",
    bikes: "借りられる自転車", docks: "返せる台数", closed: "いまは貸し出していません", unit: "台",
    all: "すべて見る", summary: (s) => `${s.name}：借りられる自転車 ${s.num_bikes_available}台`,
  },
  en: {
    which: "Which station would you like to see?",
    bikes: "Bicycles to rent", docks: "Free docks", closed: "Not renting at the moment", unit: "",
    all: "Show all", summary: (s) => `${s.name}: ${s.num_bikes_available} bicycles to rent`,
  },
};

function card(station, say) {
  const count = (n) => `${n}${say.unit}`;
  return {
    title: station.name,
    subtitle: station.is_renting ? "" : say.closed,
    facts: [
      { label: say.bikes, value: count(station.is_renting ? station.num_bikes_available : 0) },
      { label: say.docks, value: count(station.num_docks_available) },
    ],
  };
}

function answer({ slots }) {
  const say = words[slots.language] ?? words.ja;
  const found = stations.filter((station) => station.station_id === slots.station);
  const shown = slots.station === "all" ? stations : found;
  if (shown.length === 0) {
    const choices = stations.map((s) => ({
      kind: "again", label: s.name.slice(0, 20), slots: { station: s.station_id },
    }));
    choices.push({ kind: "again", label: say.all, slots: { station: "all" } });
    return { version: "1", messages: [{ type: "text", text: say.which, choices }] };
  }
  const cards = shown.map((station) => card(station, say));
  return { version: "1", messages: [{ type: "cards", summary: shown.map(say.summary).join("\n"), cards }] };
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
    const said = Buffer.from(JSON.stringify(answer(JSON.parse(body))));
    const timestamp = String(Math.floor(Date.now() / 1000));
    response.writeHead(200, {
      "Content-Type": "application/json",
      "Content-Length": said.length,
      "X-Concierge-Timestamp": timestamp,
      "X-Concierge-Signature": sign(timestamp, request.headers["x-concierge-nonce"], said),
    });
    response.end(said);
  });
});
server.listen(port, "127.0.0.1", () => console.log(`bicycle stations at http://127.0.0.1:${port}/answer`));
