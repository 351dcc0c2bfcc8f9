// What happens when somebody taps: LINE's actions.

import { byId, el, linkUrl, toast } from "./dom.js";

const INPUTS = { date: "date", time: "time", datetime: "datetime-local" };
// LINE's own address for "send a place".
const SEND_PLACE = "https://line.me/R/nv/location";
const NAMES = { date: "日付", time: "時刻", datetime: "日時" };

/** `shell` knows how to send, pick a picture, ask for a place, and open the menu or the keyboard. */
export function makeActions(shell) {
  const doers = {
    message: (action) => shell.send({ type: "text", text: action.text }),
    postback,
    datetimepicker: pickMoment,
    camera: () => shell.pickImage(),
    cameraRoll: () => shell.pickImage(),
    location: () => shell.askPlace(),
    clipboard: copy,
    richmenuswitch: (action) => shell.tapTab(action.richMenuAliasId, action.data),
    uri: (action) => (asksPlace(action) ? shell.askPlace() : open(action)),
  };

  async function perform(action) {
    await doers[action.type]?.(action);
  }

  async function postback(action) {
    const done = await shell.send({
      type: "postback",
      data: action.data,
      displayText: action.displayText,
    });
    if (done && action.text) await shell.send({ type: "text", text: action.text });
    if (action.inputOption === "openRichMenu") shell.openMenu(true);
    if (action.inputOption === "closeRichMenu") shell.openMenu(false);
    if (action.inputOption === "openKeyboard") shell.openKeyboard(action.fillInText ?? "");
  }

  async function pickMoment(action) {
    const moment = await askMoment(action);
    if (moment) {
      await shell.send({ type: "postback", data: action.data, params: { [action.mode]: moment } });
    }
  }

  return { perform, control: (action, attrs) => control(action, attrs, perform), pressable };

  /** Let an element that is more than a button react to taps and to Enter or Space. */
  function pressable(node, action) {
    if (!action) return node;
    node.classList.add("pressable");
    node.addEventListener("click", (event) => {
      if (event.target.closest("a,button,.pressable") !== node) return;
      perform(action);
    });
    // A control inside a control confuses screen readers: the inner ones then carry the action.
    if (node.querySelector("a,button,[role=button]")) return node;
    node.setAttribute("role", "button");
    node.tabIndex = 0;
    if (action.label) node.setAttribute("aria-label", `${node.textContent} ${action.label}`.trim());
    node.addEventListener("keydown", (event) => {
      if (event.target !== node || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      perform(action);
    });
    return node;
  }
}

const asksPlace = ({ uri }) => uri.startsWith(SEND_PLACE);

function control(action, attrs, perform) {
  const label = attrs.text ?? action.label ?? action.text ?? "";
  const safe = action.type === "uri" ? linkUrl(action.uri) : null;
  if (safe && !safe.startsWith("line:") && !asksPlace(action)) {
    return el("a", {
      ...attrs,
      href: safe,
      text: label,
      target: safe.startsWith("tel:") ? undefined : "_blank",
      rel: "noopener noreferrer",
    });
  }
  return el("button", { ...attrs, type: "button", text: label, onclick: () => perform(action) });
}

function open(action) {
  const safe = linkUrl(action.uri);
  if (!safe) toast("このリンクは開けません。");
  else if (safe.startsWith("line:")) toast("このリンクはアプリの中だけで開きます。");
  else if (safe.startsWith("tel:")) location.assign(safe);
  else window.open(safe, "_blank", "noopener,noreferrer");
}

async function copy(action) {
  try {
    await navigator.clipboard.writeText(action.clipboardText);
    toast("コピーしました。");
  } catch {
    toast("コピーできませんでした。");
  }
}

function askMoment(action) {
  const dialog = byId("moment-dialog");
  const form = byId("moment-form");
  const input = form.elements.moment;
  const plain = (value) => (value ?? "").replace("t", "T");
  byId("moment-label").textContent = NAMES[action.mode];
  input.type = INPUTS[action.mode];
  input.min = plain(action.min);
  input.max = plain(action.max);
  input.value = plain(action.initial);
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener(
      "close",
      () => resolve(dialog.returnValue === "ok" ? input.value.slice(0, 16) : null),
      { once: true },
    );
    dialog.showModal();
  });
}
