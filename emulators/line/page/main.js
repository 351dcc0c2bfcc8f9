// The page put together: who is writing, what is shown, what is sent.

import { makeActions } from "./actions.js";
import { addUser, personApi } from "./api.js";
import { makeComposer } from "./composer.js";
import { byId, toast } from "./dom.js";
import { Menu } from "./menu.js";
import { makeMessages } from "./messages.js";
import { Talk } from "./talk.js";
import { Traffic } from "./traffic.js";

const KEPT = "emulator-user";
let person = null;

const shell = {
  send: (message) => attempt(() => person.api.send(message), message),
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
  localStorage.removeItem(KEPT);
  byId("chat").hidden = true;
  byId("welcome").hidden = false;
  byId("join-name").select();
}

async function enter(userId) {
  const api = personApi(userId);
  const about = await api.about();
  byId("welcome").hidden = true;
  byId("chat").hidden = false;
  byId("account").textContent = about.account;
  byId("who").textContent = `${about.displayName} さんとして利用中`;
  localStorage.setItem(KEPT, userId);
  const actions = makeActions(shell);
  const unsend = (messageId) => attempt(() => api.unsend(messageId));
  const talk = new Talk({ draw: makeMessages(actions), actions, unsend, account: about.account });
  person = { api, talk, menu: new Menu(actions), traffic: new Traffic(api), stream: null };
  talk.readUpTo = about.readUpTo;
  person.menu.show(about.richMenu);
  showFriend(about.friend);
  listen(about.last);
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
  button.textContent = friend ? "ブロックする" : "ブロックを解除する";
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

const kept = localStorage.getItem(KEPT);
if (kept) enter(kept).catch(showWelcome);
else showWelcome();
