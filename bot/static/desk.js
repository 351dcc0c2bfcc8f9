// Keeps the desk's pages fresh without a reload. Everything works without it, too.
"use strict";

const live = document.getElementById("live");
const state = document.getElementById("live-state");
const reply = document.getElementById("reply");
const STAY_MS = 60_000;
// A page that nobody touches stops by itself, so that a closed laptop holds no conversation.
const IDLE_MS = 15 * 60_000;

let touched = Date.now();
for (const kind of ["keydown", "pointerdown", "pointermove", "scroll"]) {
  addEventListener(kind, () => { touched = Date.now(); wake(); }, { passive: true, capture: true });
}

const WRITES_MS = 15_000;
let look = 0;
let waiting = false;
let again = false;
async function refresh() {
  if (waiting) { again = true; return; }
  waiting = true;
  try {
    const answer = await fetch(live.dataset.url, { redirect: "manual" });
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    else state.textContent = "画面が古くなっています。読み込み直してください。";
  } catch {
    state.textContent = "接続が切れています。つなぎ直しています…";
  } finally {
    waiting = false;
    if (again) { again = false; setTimeout(refresh, 200); }
  }
}

function show(page) {
  const fresh = page.getElementById("live");
  if (!fresh || !live) return;
  if (live.dataset.state !== fresh.dataset.state) { changed(); }
  for (const part of [live, ...document.querySelectorAll("[data-fresh]")]) {
    const told = page.getElementById(part.id);
    if (told && part.innerHTML !== told.innerHTML) part.innerHTML = told.innerHTML;
  }
  // Nobody tells when somebody stops writing.
  clearTimeout(look);
  if (document.querySelector("[data-writes]")) look = setTimeout(refresh, WRITES_MS);
}

function changed() {
  const written = document.querySelector("#text")?.value || document.querySelector("#note")?.value;
  if (written) {
    state.textContent = "この会話の担当が変わりました。書いた文を控えてから、読み込み直してください。";
  } else {
    location.assign(live.dataset.url);
  }
}

// Many have the list open: they do not all ask at once, nor for each of many changes.
let soon = 0;
function refreshSoon() {
  soon ||= setTimeout(() => { soon = 0; refresh(); }, 200 + Math.random() * 800);
}

let source = null;
function wake() {
  if (source || !live) return;
  const isTalk = live.dataset.live === "talk";
  source = new EventSource(isTalk ? `/console/events?id=${live.dataset.id}` : "/console/events");
  source.addEventListener("open", () => { state.textContent = "自動で更新しています"; refresh(); });
  source.addEventListener("changed", isTalk ? refresh : refreshSoon);
  source.addEventListener("error", () => { state.textContent = "接続が切れています。つなぎ直しています…"; });
}

setInterval(() => {
  if (Date.now() - touched > IDLE_MS) {
    if (source) { source.close(); source = null; }
    if (state) state.textContent = "操作がないため、自動の更新を止めています";
    return;
  }
  // That also says that somebody is still looking.
  if (live?.dataset.live === "talk") refresh();
  if (reply) tell(reply.dataset.stay);
}, STAY_MS);

async function tell(address) {
  const body = new URLSearchParams();
  for (const name of ["form_token", "fence"]) body.set(name, reply.elements[name].value);
  try { await fetch(address, { method: "POST", body, redirect: "manual" }); } catch { /* the stream says so */ }
}

// Keys lead to places by the table that the help shows; Alt keeps them apart from what is typed.
addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  const row = document.querySelector(`[data-key="${event.code}"]`);
  const goal = row?.dataset.goes && document.querySelector(row.dataset.goes);
  if (!goal) return;
  event.preventDefault();
  const around = goal.closest("details");
  if (around) around.open = true;
  goal.focus();
  if (goal.matches(".tabs a, .back a")) goal.click();
});

// The citizen sees LINE's animation while somebody writes, colleagues see who.
let told = 0;
document.getElementById("text")?.addEventListener("input", () => {
  if (!reply || Date.now() - told < WRITES_MS) return;
  told = Date.now();
  tell(reply.dataset.typing);
});

// Ctrl+Enter (or ⌘+Enter) sends what was written.
document.getElementById("text")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const send = document.getElementById("send");
    if (send) { event.preventDefault(); reply.requestSubmit(send); }
  }
});

wake();
