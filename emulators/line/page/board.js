// Several people and groups side by side: every one is the chat page itself, in a frame of its own.

import { addGroup, addUser, everybody } from "./api.js";
import { byId, el } from "./dom.js";
import { offerScenes } from "./scenes.js";

const EVERY_MS = 2000;
const FIRST = 4;
const frames = new Map();
const known = new Set();

function address({ userId, groupId }) {
  return groupId ? `/?group=${encodeURIComponent(groupId)}` : `/?user=${encodeURIComponent(userId)}`;
}

function open(chat, focus) {
  const id = chat.groupId ?? chat.userId;
  const name = nameOf(chat);
  const frame = el("iframe", { title: `${name}の画面`, src: address(chat) });
  const close = el("button", { type: "button", text: "しまう", "aria-label": `${name}の画面をしまう` });
  const heading = el("h2", { text: name });
  const section = el("section", { "aria-label": name }, el("header", {}, heading, close), frame);
  close.onclick = () => putAway(chat, name, section);
  frames.set(id, section);
  byId("phones").append(section);
  if (focus) section.scrollIntoView({ inline: "end" });
}

function putAway(chat, name, section) {
  section.remove();
  frames.delete(chat.groupId ?? chat.userId);
  shelve(chat, name).focus();
}

/** Put somebody on the shelf, from where a tap brings their screen. */
function shelve(chat, name) {
  const shelf = byId("hidden-ones");
  const id = chat.groupId ?? chat.userId;
  const back = el("button", { type: "button", text: `${name}を出す`, "data-chat": id });
  back.onclick = () => {
    back.remove();
    shelf.hidden = shelf.childElementCount === 0;
    open(chat, true);
  };
  shelf.append(back);
  shelf.hidden = false;
  return back;
}

const nameOf = (chat) => (chat.groupId ? `${chat.name}（グループ）` : chat.displayName);

/** Offer everybody for a group; who was ticked stays so. */
function offer(chats) {
  const box = byId("members");
  const people = chats.filter((chat) => !chat.groupId);
  const ticked = new Set([...box.querySelectorAll("input:checked")].map((one) => one.value));
  const choices = people.map(({ userId, displayName }) => el(
    "label",
    {},
    el("input", { type: "checkbox", value: userId, checked: ticked.has(userId) }),
    el("span", { text: displayName }),
  ));
  if ([...box.querySelectorAll("input")].map((one) => one.value).join() === people.map((one) => one.userId).join()) return;
  box.replaceChildren(...choices);
}

/** Show whoever is new; of many people the first ones are opened, the others stand on the shelf. */
async function look() {
  try {
    const chats = await everybody();
    const ids = new Set(chats.map((chat) => chat.groupId ?? chat.userId));
    for (const [id, section] of frames) {
      if (ids.has(id)) continue;
      section.remove();
      frames.delete(id);
    }
    for (const shelved of byId("hidden-ones").querySelectorAll("[data-chat]")) {
      if (!ids.has(shelved.dataset.chat)) shelved.remove();
    }
    byId("hidden-ones").hidden = !byId("hidden-ones").childElementCount;
    offer(chats);
    for (const chat of chats) {
      const id = chat.groupId ?? chat.userId;
      if (known.has(id)) continue;
      known.add(id);
      if (frames.size < FIRST) open(chat);
      else shelve(chat, nameOf(chat));
    }
    note(frames.size ? "" : "まだだれもいません。人を加えてください。");
  } catch (error) {
    note(`つながりません。${error.message}`);
  } finally {
    setTimeout(look, EVERY_MS);
  }
}

function note(text) {
  if (byId("note").textContent !== text) byId("note").textContent = text;
}

async function add(work) {
  try {
    const chat = await work();
    known.add(chat.groupId ?? chat.userId);
    open(chat, true);
    offer(await everybody());
    note("");
  } catch (error) {
    note(`できませんでした。${error.message}`);
  }
}

byId("add-person").onsubmit = (event) => {
  event.preventDefault();
  const displayName = byId("person-name").value.trim();
  if (!displayName) return;
  add(async () => ({ displayName, ...(await addUser(displayName)) }));
};
byId("add-group").onsubmit = (event) => {
  event.preventDefault();
  const name = byId("group-name").value.trim();
  const members = [...byId("members").querySelectorAll("input:checked")].map((one) => one.value);
  if (!name) return;
  if (!members.length) note("グループに入る人を選んでください。");
  else add(async () => ({ name, ...(await addGroup(name, members)) }));
};
offerScenes({ open, known, note });
look();
