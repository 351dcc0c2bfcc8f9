// Writing: text, stickers, a place, a picture.

import { byId, drawing, el, toast } from "./dom.js";
import { STICKERS, sticker } from "./stickers.js";

const MAX_IMAGE_BYTES = 10 * 1024 * 1024;
const PLACES = [
  { name: "会津若松駅", address: "福島県会津若松市駅前町1", latitude: 37.5078, longitude: 139.9306 },
  { name: "鶴ヶ城", address: "福島県会津若松市追手町1", latitude: 37.4877, longitude: 139.9297 },
  { name: "市役所", address: "福島県会津若松市東栄町3-46", latitude: 37.4947, longitude: 139.9299 },
];
const STROKE = { fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linejoin": "round", "stroke-linecap": "round" };
const ICONS = {
  "open-image": [["rect", { x: 3, y: 5, width: 18, height: 14, rx: 2, ...STROKE }], ["path", { d: "M4 17l5-5 4 4 3-3 4 4", ...STROKE }], ["circle", { cx: 15.5, cy: 9.5, r: 1.5, ...STROKE }]],
  "open-place": [["path", { d: "M12 21s7-6.3 7-11a7 7 0 1 0-14 0c0 4.700 7 11 7 11z", ...STROKE }], ["circle", { cx: 12, cy: 10, r: 2.5, ...STROKE }]],
  "open-stickers": [["circle", { cx: 12, cy: 12, r: 9, ...STROKE }], ["path", { d: "M8.500 14q3.500 3.500 7 0M9 9.500v.5M15 9.500v.5", ...STROKE }]],
};
const SEND = [["path", { d: "M4 12l16-8-5 16-3-7z", ...STROKE }]];

/** `send` takes a message and says whether it went out. */
export function makeComposer(send) {
  const form = byId("composer");
  const input = byId("words");
  const tray = byId("stickers");
  const file = byId("file");

  for (const [id, shapes] of Object.entries(ICONS)) byId(id).replaceChildren(drawing(24, shapes));
  form.querySelector(".send").replaceChildren(drawing(24, SEND));
  tray.replaceChildren(...STICKERS.map(stickerButton));
  byId("presets").replaceChildren(...PLACES.map(preset));

  const grow = () => {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 120)}px`;
  };

  form.onsubmit = async (event) => {
    event.preventDefault();
    const text = input.value;
    if (!text.trim()) return;
    input.value = "";
    grow();
    if (!(await send({ type: "text", text }))) input.value = text;
    input.focus();
  };
  input.oninput = grow;
  input.onkeydown = (event) => {
    // Enter also confirms a kana conversion; that one must not send.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  };
  byId("open-stickers").onclick = () => openTray(tray.hidden);
  byId("open-place").onclick = () => askPlace();
  byId("open-image").onclick = () => pickImage();
  file.onchange = sendImage;

  return { pickImage, askPlace, openKeyboard };

  function openTray(wanted) {
    tray.hidden = !wanted;
    byId("open-stickers").setAttribute("aria-expanded", String(wanted));
  }

  function stickerButton({ packageId, stickerId, name }) {
    const press = async () => {
      openTray(false);
      await send({ type: "sticker", packageId, stickerId, keywords: [name] });
    };
    return el("button", { type: "button", onclick: press }, sticker({ packageId, stickerId }));
  }

  function openKeyboard(text) {
    input.value = text;
    grow();
    input.focus();
  }

  function pickImage() {
    file.click();
  }

  async function sendImage() {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    if (chosen.size > MAX_IMAGE_BYTES) {
      toast("写真は10MBまでです。");
      return;
    }
    await send({ type: "image", content: await base64(chosen) });
  }

  function askPlace() {
    const dialog = byId("place-dialog");
    const fields = byId("place-form").elements;
    dialog.returnValue = "";
    dialog.showModal();
    // One place stands there already, so that nobody has to know coordinates.
    if (!fields.latitude.value) byId("presets").querySelector("button")?.click();
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "ok") return;
        send({
          type: "location",
          title: fields.title.value || undefined,
          address: fields.address.value || undefined,
          latitude: Number(fields.latitude.value),
          longitude: Number(fields.longitude.value),
        });
      },
      { once: true },
    );
  }
}

byId("place-form").addEventListener(
  "invalid",
  (event) => { const part = event.target.closest("details"); if (part) part.open = true; },
  true,
);

function preset({ name, address, latitude, longitude }) {
  const fill = () => {
    const fields = byId("place-form").elements;
    fields.title.value = name;
    fields.address.value = address;
    fields.latitude.value = latitude;
    fields.longitude.value = longitude;
  };
  return el("button", { type: "button", text: name, onclick: fill });
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
