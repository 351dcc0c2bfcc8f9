// The panel with everything that went over the wire for this person.

import { byId, el } from "./dom.js";

const EVERY_MS = 1500;

export class Traffic {
  constructor(api) {
    this.api = api;
    this.after = 0;
    this.timer = 0;
    this.panel = byId("traffic");
    this.list = byId("traffic-list");
    this.toggle = byId("traffic-toggle");
    this.list.replaceChildren();
    this.about = byId("traffic-about");
    this.all = byId("traffic-all");
    byId("traffic-file").href = api.harUrl;
    this.toggle.onclick = () => this.open(this.panel.hidden);
    this.all.onclick = () => this.open(true);
    const putAway = () => {
      this.open(false);
      this.toggle.focus();
    };
    byId("traffic-close").onclick = putAway;
    this.panel.onkeydown = (event) => { if (event.key === "Escape") putAway(); };
  }

  open(wanted) {
    this.one = null;
    this.all.hidden = true;
    this.about.textContent = "Webhook と API の内容がそのまま表示されます。";
    this.after = 0;
    this.list.replaceChildren();
    this.appear(wanted);
    if (wanted) this.read();
  }

  /** Show only what belongs to one message: its webhook, and the call that sent it or answered it. */
  async openFor(entry) {
    this.one = entry;
    this.appear(true);
    this.all.hidden = false;
    this.about.textContent = "このメッセージの通信です。";
    this.list.replaceChildren();
    const found = await this.api.exchanges(entry.requestId ?? entry.webhookEventId);
    const token = found.entries.map(replyToken).find(Boolean);
    const { entries } = token ? await this.api.exchanges(token) : found;
    if (this.one !== entry) return;
    entries.sort((one, other) => began(one) - began(other));
    this.list.replaceChildren(...entries.map(exchange));
    this.list.querySelector("summary")?.focus();
  }

  appear(wanted) {
    this.panel.hidden = !wanted;
    document.body.classList.toggle("with-traffic", wanted);
    this.toggle.setAttribute("aria-expanded", String(wanted));
    clearTimeout(this.timer);
  }

  close() {
    this.open(false);
  }

  async read() {
    try {
      const { entries, next } = await this.api.journal(this.after);
      if (this.one) return;
      this.after = next;
      const atEnd = this.panel.scrollHeight - this.panel.scrollTop - this.panel.clientHeight < 80;
      this.list.append(...entries.map(exchange));
      if (atEnd) this.panel.scrollTop = this.panel.scrollHeight;
    } finally {
      if (!this.panel.hidden && !this.one) this.timer = setTimeout(() => this.read(), EVERY_MS);
    }
  }
}

// The journal is in the order of endings; a bot may have answered before it took the webhook.
const began = ({ at, duration_ms: took }) => Date.parse(at) - took;

function replyToken({ request }) {
  return request?.replyToken ?? request?.events?.map((event) => event.replyToken).find(Boolean);
}

function exchange(entry) {
  const webhook = entry.kind === "webhook";
  const kinds = (entry.request?.events ?? []).map((event) => event.type).join(", ");
  const title = webhook ? `→ webhook ${kinds}` : `← ${entry.method} ${entry.path}`;
  const good = entry.status >= 200 && entry.status < 300;
  const result = `${entry.status || entry.reason} · ${entry.duration_ms} ms`;
  return el(
    "li",
    { class: webhook ? "out" : "in" },
    el(
      "details",
      {},
      el(
        "summary",
        {},
        el("time", { datetime: entry.at, text: clock.format(new Date(entry.at)) }),
        el("span", { text: title }),
        el("b", { class: good ? "good" : "bad", text: result }),
        el("span", { class: "first-words", text: firstWords(entry.request) }),
      ),
      el("p", { class: "small", text: `${entry.at}${entry.reason && !good ? ` — ${entry.reason}` : ""}` }),
      part("送信内容", entry.request),
      part("応答", entry.response),
    ),
  );
}

const clock = new Intl.DateTimeFormat("ja-JP", { timeStyle: "medium" });
const FIRST_WORDS = 40;

/** What was said in a call, as far as it fits a row: a message's words, or what a tap carried. */
function firstWords(request) {
  const said = request?.messages?.[0] ?? request?.events?.[0]?.message;
  const tapped = request?.events?.[0]?.postback?.data;
  const words = said?.text ?? said?.altText ?? tapped ?? said?.type ?? "";
  return words.length > FIRST_WORDS ? `${words.slice(0, FIRST_WORDS)}…` : words;
}

function part(title, value) {
  if (value === null || value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return el("div", {}, el("p", { class: "small", text: title }), el("pre", { tabindex: "0", text }));
}
