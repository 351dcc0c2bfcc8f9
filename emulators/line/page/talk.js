// The talk: entries in order, quick replies, the loading bubble, and what arrives live.

import { byId, el, picture } from "./dom.js";

const HOW = { reply: "返信", push: "プッシュ", multicast: "マルチキャスト", narrowcast: "絞り込み配信", broadcast: "一斉配信" };
const clock = new Intl.DateTimeFormat("ja-JP", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("ja-JP", { month: "long", day: "numeric", weekday: "short" });
// Under these a quick reply stays until the data was really sent.
const STAYS = new Set(["camera", "cameraRoll", "datetimepicker", "location"]);

export class Talk {
  constructor({ draw, actions, unsend, edit, raw, account, self }) {
    this.draw = draw;
    this.actions = actions;
    this.unsend = unsend;
    this.edit = edit;
    this.raw = raw;
    this.account = account;
    this.self = self;
    this.log = byId("log");
    this.quick = byId("quick");
    this.last = 0;
    this.lastDay = "";
    this.readUpTo = 0;
    this.loading = null;
    this.log.replaceChildren();
    this.stuck = true;
    this.log.onscroll = () => {
      this.stuck = this.isAtEnd();
    };
    // Pictures arrive late and menus take room away: who was at the end stays there.
    this.log.addEventListener("load", () => this.keepEnd(), true);
    new ResizeObserver(() => this.keepEnd()).observe(this.log);
  }

  keepEnd() {
    if (this.stuck) this.toEnd();
  }

  /** Add an entry; one that is already there is passed over. */
  add(entry) {
    if (entry.seq <= this.last) return;
    this.last = entry.seq;
    if (entry.from === "bot") this.hideLoading();
    this.log.append(...this.dayLine(entry.at), this.row(entry));
    this.showQuick(entry);
    if (this.isMine(entry)) this.stuck = true;
    this.keepEnd();
  }

  isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 120;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  dayLine(at) {
    const name = day.format(new Date(at));
    if (name === this.lastDay) return [];
    this.lastDay = name;
    return [el("p", { class: "day", text: name })];
  }

  isMine(entry) {
    return entry.from === "user" && (!this.self || entry.userId === this.self);
  }

  row(entry) {
    const mine = this.isMine(entry);
    const { sender } = entry.message;
    const name = mine ? "あなた" : entry.from === "user" ? entry.name : (sender?.name ?? this.account);
    const body = this.draw(entry.message, entry.from === "user");
    const meta = el("p", { class: "meta" }, this.meta(entry));
    const row = el("div", { class: `row ${mine ? "mine" : "theirs"}`, "data-seq": entry.seq });
    if (!mine) row.append(this.face(entry.from === "user" ? { name } : sender));
    const said = mine
      ? el("span", { class: "unseen", text: `${name}: ` })
      : el("p", { class: "sender", text: sender?.name ? `${name} from '${this.account}'` : name });
    const column = el("div", { class: "column" }, said, el("div", { class: "line" }, body, meta));
    meta.append(...this.tools(entry, mine));
    row.append(column);
    row.entry = entry;
    return row;
  }

  face(sender) {
    const face = el("div", { class: "face", "aria-hidden": "true" });
    if (sender?.iconUrl) face.append(picture(sender.iconUrl, ""));
    else face.textContent = (sender?.name ?? this.account).slice(0, 1);
    return face;
  }

  meta(entry) {
    const time = el("time", { datetime: entry.at, text: clock.format(new Date(entry.at)) });
    const node = el("span", {}, time);
    if (entry.from === "bot") {
      node.append(el("span", { class: "via", title: `via ${entry.via}`, text: HOW[entry.via] ?? "" }));
    } else if (entry.seq <= this.readUpTo) node.append(el("span", { class: "via", text: "既読" }));
    else node.append(el("span", { class: "via waiting" }));
    if (entry.edited) node.append(el("span", { class: "via", text: "編集済み" }));
    return node;
  }

  /** Small buttons beside a message: its traffic, and what its writer may still do with it. */
  tools(entry, mine) {
    const tool = (text, label, onclick) =>
      el("button", { type: "button", class: "take-back", text, "aria-label": label, onclick });
    const { type, id } = entry.message;
    const tools = [tool("通信", "このメッセージの通信を見る", () => this.raw(entry))];
    if (!mine || type === "unsent") return tools;
    if (this.edit && type === "text") {
      tools.push(tool("編集", "このメッセージを編集する", () => this.edit(entry.message)));
    }
    return [...tools, tool("取消", "このメッセージの送信を取り消す", () => this.unsend(id))];
  }

  showQuick(entry) {
    const items = entry.from === "bot" ? (entry.message.quickReply?.items ?? []) : [];
    this.quick.replaceChildren(...items.map((item) => this.chip(item)));
    this.quick.hidden = items.length === 0;
    this.quick.scrollLeft = 0;
  }

  chip({ action, imageUrl }) {
    const icon = imageUrl ? picture(imageUrl, "", { class: "chip-icon" }) : null;
    const chip = this.actions.control(action, { class: "chip" });
    if (icon) chip.prepend(icon);
    chip.addEventListener("click", () => {
      if (STAYS.has(action.type)) return;
      this.quick.hidden = true;
      byId("words").focus({ preventScroll: true });
    });
    return chip;
  }

  dropQuick() {
    this.quick.hidden = true;
  }

  showLoading(seconds) {
    this.hideLoading();
    const dots = el("div", { class: "words dots", role: "img", "aria-label": "入力中" });
    dots.append(el("i"), el("i"), el("i"));
    const node = el("div", { class: "row theirs" }, this.face(), el("div", { class: "column" }, dots));
    const timer = setTimeout(() => this.hideLoading(), seconds * 1000);
    this.loading = { node, timer };
    this.log.append(node);
    this.keepEnd();
  }

  hideLoading() {
    if (!this.loading) return;
    clearTimeout(this.loading.timer);
    this.loading.node.remove();
    this.loading = null;
  }

  markUnsent(seq, messageId) {
    this.change(seq, { message: { type: "unsent", id: messageId } });
  }

  markEdited(seq, message) {
    this.change(seq, { message, edited: true });
  }

  change(seq, more) {
    const row = this.log.querySelector(`[data-seq="${Number(seq)}"]`);
    row?.replaceWith(this.row({ ...row.entry, ...more }));
  }

  markRead(upTo) {
    this.readUpTo = upTo;
    for (const row of this.log.querySelectorAll(".row.mine")) {
      const mark = Number(row.dataset.seq) <= upTo ? row.querySelector(".waiting") : null;
      if (mark) {
        mark.textContent = "既読";
        mark.classList.remove("waiting");
      }
    }
  }
}
