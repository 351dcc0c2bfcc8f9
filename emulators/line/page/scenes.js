// The control panel: real telegram sequences of the authorities, step by step or one after the other.

import { addResidents, playStep, scenes } from "./api.js";
import { byId, el } from "./dom.js";

// So that each step has reached everybody before the next one is reported.
const PAUSE_MS = 8000;

export async function offerScenes(board) {
  const found = await scenes().catch(() => []);
  byId("scenes").hidden = !found.length;
  byId("scene-list").append(...found.map((scene) => shown(scene, board)));
}

function shown(scene, board) {
  const said = el("p", { role: "status", class: "scene-said" });
  const steps = scene.steps.map((label, index) =>
    el("button", { type: "button", text: `${index + 1}. ${label}` }),
  );
  const people = el("button", { type: "button", text: "見る人を加える" });
  const all = el("button", { type: "button", class: "all", text: "全部を順に流す" });
  const buttons = [people, all, ...steps];

  const play = async (index) => {
    said.textContent = `送っています：${scene.steps[index]}`;
    await playStep(scene.id, index + 1);
    said.textContent = `送りました：${scene.steps[index]}`;
  };
  const busy = (work) => async () => {
    for (const button of buttons) button.disabled = true;
    try {
      await work();
    } catch (error) {
      said.textContent = `できませんでした。${error.message}`;
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  };

  steps.forEach((button, index) => (button.onclick = busy(() => play(index))));
  all.onclick = busy(async () => {
    for (let index = 0; index < steps.length; index += 1) {
      if (index) await new Promise((done) => setTimeout(done, PAUSE_MS));
      await play(index);
    }
  });
  people.onclick = busy(async () => {
    for (const user of await addResidents(scene.id)) {
      board.known.add(user.userId);
      board.open(user, true);
    }
    board.note("");
  });
  if (!scene.residents.length) people.hidden = true;
  return el(
    "div",
    { class: "scene", role: "group", "aria-label": scene.title },
    el("strong", { text: scene.title }),
    el("p", { text: `${scene.about}（見本の電文を使ったデモです。出典：気象庁、加工）` }),
    el("p", { class: "scene-buttons" }, ...buttons),
    said,
  );
}
