// The page put together: who is writing, what is shown, what is sent.

import { makeActions } from "./actions.js";
import { addUser, groupApi, personApi } from "./api.js";
import { makeComposer } from "./composer.js";
import { byId, el, toast } from "./dom.js";
import { Menu } from "./menu.js";
import { makeMessages } from "./messages.js";
import { Talk } from "./talk.js";
import { Traffic } from "./traffic.js";

const KEPT = "emulator-user";
// On the board every frame is told whom it shows; alone, the page remembers it by itself.
const asked = new URLSearchParams(location.search);
const alone = !asked.has("user") && !asked.has("group");
let person = null;

const shell = {
  send: (message) => attempt(() => person.api.send(message), message),
  videoEnded: (trackingId) => attempt(() => person.api.videoEnded(trackingId)),
  tapTab: (alias, data) => attempt(() => person.api.tapTab(alias, data)),
  openMenu: (wanted) => person.menu.open(wanted),
};

async function attempt(work, message) {
  try {
    await work();
    if (message) person.talk.dropQuick();
    return true;
  } catch (error) {
    toast(error.status === 409 ? "ブロック中です。解除すると送れます。" : `送れませんでした。${error.message}`);
    return false;
  }
}

function showWelcome() {
  person?.stream.close();
  person?.traffic.close();
  person = null;
  byId("chat").hidden = true;
  byId("gone").hidden = alone;
  if (!alone) return;
  localStorage.removeItem(KEPT);
  byId("welcome").hidden = false;
  byId("join-name").select();
}

async function enter(userId) {
  const api = personApi(userId);
  const about = await api.about();
  byId("who").textContent = `${about.displayName} さんとして利用中`;
  if (alone) localStorage.setItem(KEPT, userId);
  const stranger = !about.friend && !about.blocked;
  const words = ["ブロックする", stranger ? "友だちに追加する" : "ブロックを解除する"];
  show(api, about, { title: about.account, words });
}

async function enterGroup(groupId) {
  const speaker = byId("speaker");
  const api = groupApi(groupId, () => speaker.value);
  const about = await api.about();
  const start = () => {
    person?.stream.close();
    const words = ["アカウントを退会させる", "アカウントを招待する"];
    show(api, about, { title: `${about.name}（${about.members.length}）`, words, self: speaker.value });
  };
  const names = about.members.map((id) => el("option", { value: id, text: about.names[id] }));
  speaker.replaceChildren(...names);
  speaker.onchange = start;
  byId("speaker-row").hidden = false;
  byId("who").textContent = `参加者: ${Object.values(about.names).join("、")}`;
  start();
}

/** Show a chat; `self` is the member of a group whose phone this is. */
function show(api, about, { title, words, self }) {
  byId("welcome").hidden = true;
  byId("chat").hidden = false;
  byId("account").textContent = title;
  const actions = makeActions(shell);
  const talk = new Talk({
    draw: makeMessages(actions, shell.videoEnded),
    actions,
    account: about.account,
    self,
    unsend: (messageId) => attempt(() => api.unsend(messageId)),
    edit: api.edit && ((message) => askWords(message, (text) => attempt(() => api.edit(message.id, text)))),
    raw: (entry) => person.traffic.openFor(entry),
  });
  person?.traffic.close();
  person = { api, talk, words, menu: new Menu(actions), traffic: new Traffic(api), stream: null };
  talk.readUpTo = about.readUpTo ?? 0;
  person.menu.show(about.richMenu);
  showFriend(about.friend ?? about.joined);
  listen(about.last);
}

function askWords(message, done) {
  const dialog = byId("edit-dialog");
  const input = byId("edit-words");
  input.value = message.text;
  dialog.returnValue = "";
  dialog.onclose = () => {
    const text = input.value.trim();
    if (dialog.returnValue === "ok" && text && text !== message.text) done(text);
  };
  dialog.showModal();
}

/** Read the talk live. The browser reconnects by itself and goes on after the last number. */
function listen(present) {
  const { api, talk, menu } = person;
  const stream = api.stream(0);
  const on = (kind, handle) => stream.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
  const settle = () => byId("log").setAttribute("aria-busy", String(talk.last < present));
  person.stream = stream;
  settle();
  on("message", (entry) => {
    talk.add(entry);
    settle();
  });
  on("loading", ({ seconds }) => talk.showLoading(seconds));
  on("unsend", ({ seq, messageId }) => talk.markUnsent(seq, messageId));
  on("edit", ({ seq, message }) => talk.markEdited(seq, message));
  on("read", ({ upTo }) => talk.markRead(upTo));
  on("menu", ({ richMenu }) => menu.show(richMenu));
  on("friend", ({ friend }) => showFriend(friend));
  on("close", () => showWelcome());
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED && person?.stream === stream) resume();
  };
}

async function resume() {
  try {
    const about = await person.api.about();
    person.menu.show(about.richMenu);
    listen(about.last);
  } catch (error) {
    if (error.status === 404) showWelcome();
    else setTimeout(resume, 2000);
  }
}

function showFriend(friend) {
  const button = byId("block");
  button.textContent = person.words[friend ? 0 : 1];
  button.onclick = async () => {
    byId("more").open = false;
    await attempt(friend ? person.api.block : person.api.unblock);
  };
  byId("chat").classList.toggle("blocked", !friend);
}

byId("join").onsubmit = async (event) => {
  event.preventDefault();
  const name = byId("join-name").value.trim();
  if (!name) return;
  try {
    const { userId } = await addUser(name);
    await enter(userId);
    byId("words").focus();
  } catch (error) {
    toast(`追加できませんでした。${error.message}`);
  }
};
byId("leave").onclick = () => {
  byId("more").open = false;
  showWelcome();
};
for (const button of document.querySelectorAll("[data-cancel]")) {
  button.onclick = () => button.closest("dialog").close("");
}
Object.assign(shell, makeComposer(shell.send));

byId("leave").hidden = !alone;
byId("side-by-side").hidden = !alone;
const kept = asked.get("user") ?? (alone ? localStorage.getItem(KEPT) : null);
if (asked.has("group")) enterGroup(asked.get("group")).catch(showWelcome);
else if (kept) enter(kept).catch(showWelcome);
else showWelcome();
