// Building blocks for the page. Data reaches the document as text and checked addresses only.

const SVG = "http://www.w3.org/2000/svg";
const LINKS = new Set(["https:", "http:", "tel:", "line:"]);
const MEDIA = new Set(["https:", "http:"]);

/** Create an element. `attrs` come from this program, never from a message. */
export function el(tag, attrs = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Create an SVG drawing from [tag, attributes] pairs. */
export function drawing(size, shapes, label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  for (const [tag, attrs] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attrs)) {
      if (name === "text") shape.textContent = value;
      else shape.setAttribute(name, value);
    }
    svg.append(shape);
  }
  return svg;
}

function checked(address, allowed) {
  try {
    const url = new URL(address);
    return allowed.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Return an address that may be opened (https, http, tel, line), or null. */
export const linkUrl = (address) => checked(address, LINKS);

/** Return an address that may be shown as a picture or played, or null. */
export const mediaUrl = (address) => checked(address, MEDIA);

/** Create an image; an address that is not allowed leaves an empty picture with its description. */
export function picture(address, alt, attrs = {}) {
  const safe = mediaUrl(address);
  const image = el("img", { alt, loading: "lazy", decoding: "async", ...attrs });
  image.addEventListener("error", () => image.classList.add("broken"), { once: true });
  if (safe) image.src = safe;
  else image.classList.add("broken");
  return image;
}

/** Append words to a node, with line breaks kept by CSS and addresses made into links. */
export function words(node, text) {
  const address = /https?:\/\/[\w!?/+\-~=;.,*&@#$%()'[\]:]+/g;
  let at = 0;
  for (const found of text.matchAll(address)) {
    const safe = linkUrl(found[0]);
    if (!safe) continue;
    node.append(text.slice(at, found.index));
    node.append(el("a", { href: safe, target: "_blank", rel: "noopener noreferrer", text: found[0] }));
    at = found.index + found[0].length;
  }
  node.append(text.slice(at));
  return node;
}

export const byId = (id) => document.getElementById(id);

let toastTimer = 0;

/** Show a short note for a few seconds; screen readers hear it. */
export function toast(text) {
  const box = byId("toast");
  box.textContent = text;
  box.classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    box.classList.remove("shown");
    box.textContent = "";
  }, 4000);
}
