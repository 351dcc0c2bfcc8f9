// Flex messages. LINE does not publish pixel sizes; these come close.

import { el, picture } from "./dom.js";

const STEPS = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const LETTERS = {
  xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74,
};
const PICTURES = {
  xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220,
};
const BORDERS = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const GRAVITY = { top: "flex-start", center: "center", bottom: "flex-end" };
const COLOR = /^#([0-9a-f]{6}|[0-9a-f]{8})$/i;
const MEASURE = /^-?\d+(\.\d+)?(px|%)$/;

/** Return the size as CSS: a keyword of `table`, pixels or per cent; nothing else gets through. */
function measure(value, table = STEPS) {
  if (value === undefined) return "";
  if (Object.hasOwn(table, value)) return `${table[value]}px`;
  return MEASURE.test(value) ? value : "";
}

const color = (value) => (COLOR.test(value ?? "") ? value : "");

/** `pressable` and `control` come from the actions; returns a function that draws containers. */
export function makeFlex({ pressable, control }) {
  const drawers = { box, text, button, image, icon, separator, filler, video };

  return (container) => (container.type === "carousel" ? carousel(container) : bubble(container));

  function carousel(container) {
    const row = el("div", {
      class: "carousel",
      role: "group",
      tabindex: "0",
      "aria-label": `カード ${container.contents.length}枚`,
    });
    row.append(...container.contents.map(bubble));
    return row;
  }

  function bubble(content) {
    const node = el("div", { class: `bubble bubble-${content.size ?? "mega"}` });
    if (content.direction === "rtl") node.dir = "rtl";
    for (const name of ["header", "hero", "body", "footer"]) {
      if (!content[name]) continue;
      const block = draw(content[name], "vertical");
      const style = content.styles?.[name] ?? {};
      block.classList.add("block", `block-${name}`);
      if (style.backgroundColor) block.style.backgroundColor = color(style.backgroundColor);
      if (style.separator && node.childElementCount) {
        block.style.borderTop = `1px solid ${color(style.separatorColor) || "#d4d6da"}`;
      }
      node.append(block);
    }
    return pressable(node, content.action);
  }

  function draw(component, parent, spacing) {
    const node = drawers[component.type]?.(component, parent) ?? el("span");
    place(node, component, parent, spacing);
    return node;
  }

  function place(node, component, parent, spacing) {
    const style = node.style;
    const flow = parent === "vertical" ? "marginTop" : "marginInlineStart";
    const gap = measure(component.margin) || spacing;
    if (gap) style[flow] = gap;
    const flex = component.flex ?? standardFlex(component, parent);
    style.flex = flex === 0 ? "0 0 auto" : `${flex} 0 ${parent === "vertical" ? "auto" : "0"}`;
    if (component.position === "absolute") style.position = "absolute";
    const sides = { Top: "top", Bottom: "bottom", Start: "insetInlineStart", End: "insetInlineEnd" };
    for (const [side, property] of Object.entries(sides)) {
      const offset = measure(component[`offset${side}`]);
      if (offset) style[property] = offset;
    }
    if (component.gravity && parent !== "vertical") style.alignSelf = GRAVITY[component.gravity];
  }

  function standardFlex(component, parent) {
    if (component.type === "icon" || component.type === "separator") return 0;
    if (component.width || component.height) return 0;
    return parent === "vertical" && component.type !== "filler" ? 0 : 1;
  }

  function box(component) {
    const node = el("div", { class: `box box-${component.layout}` });
    const style = node.style;
    const spacing = measure(component.spacing);
    component.contents.forEach((child, index) => {
      node.append(draw(child, component.layout, index ? spacing : ""));
    });
    style.backgroundColor = color(component.backgroundColor);
    if (component.borderWidth || component.borderColor) {
      const width = measure(component.borderWidth ?? "light", BORDERS);
      style.border = `${width} solid ${color(component.borderColor) || "#d4d6da"}`;
    }
    for (const name of ["width", "maxWidth", "height", "maxHeight"]) {
      style[name] = measure(component[name], {});
    }
    style.borderRadius = measure(component.cornerRadius);
    pad(style, component);
    style.justifyContent = component.justifyContent ?? "";
    style.alignItems = component.alignItems ?? "";
    if (component.background?.type === "linearGradient") paint(style, component.background);
    return pressable(node, component.action);
  }

  function pad(style, component) {
    const sides = { All: "padding", Top: "paddingTop", Bottom: "paddingBottom", Start: "paddingInlineStart", End: "paddingInlineEnd" };
    for (const [side, property] of Object.entries(sides)) {
      const size = measure(component[`padding${side}`]);
      if (size) style[property] = size;
    }
  }

  function paint(style, { angle, startColor, centerColor, centerPosition, endColor }) {
    const middle = color(centerColor) ? `, ${color(centerColor)} ${measure(centerPosition) || "50%"}` : "";
    const turn = /^\d+(\.\d+)?deg$/.test(angle) ? angle : "0deg";
    style.backgroundImage = `linear-gradient(${turn}, ${color(startColor)}${middle}, ${color(endColor)})`;
  }

  function letters(node, component) {
    const style = node.style;
    const size = measure(component.size, LETTERS);
    if (size) style.fontSize = size;
    style.color = color(component.color);
    if (component.weight === "bold") style.fontWeight = "700";
    if (component.style === "italic") style.fontStyle = "italic";
    if (component.decoration) style.textDecoration = component.decoration;
    return node;
  }

  function text(component) {
    const node = letters(el("div", { class: "flex-text" }), component);
    if (component.contents?.length) {
      node.append(...component.contents.map((span) => letters(el("span", { text: span.text }), span)));
    } else node.textContent = component.text;
    if (component.wrap) node.classList.add("wrap");
    if (component.wrap && component.maxLines) {
      node.classList.add("clamped");
      node.style.webkitLineClamp = String(component.maxLines);
    }
    if (component.align) node.style.textAlign = component.align;
    const spacing = measure(component.lineSpacing, {});
    if (spacing) node.style.lineHeight = `calc(1.4em + ${spacing})`;
    return pressable(node, component.action);
  }

  function button(component) {
    const kind = component.style ?? "link";
    const node = control(component.action, { class: `flex-button ${kind} ${component.height ?? "md"}` });
    const tint = color(component.color);
    if (tint && kind === "link") node.style.color = tint;
    else if (tint) node.style.backgroundColor = tint;
    return node;
  }

  function image(component, parent) {
    const [width, height] = (component.aspectRatio ?? "1:1").split(":").map(Number);
    const size = component.size === "full" ? "100%" : measure(component.size ?? "md", PICTURES);
    const frame = el("div", { class: "flex-image" });
    const alt = component.action?.label ?? "";
    const shown = picture(component.url, alt);
    frame.style.width = size;
    frame.style.aspectRatio = `${width} / ${height}`;
    frame.style.backgroundColor = color(component.backgroundColor);
    shown.style.objectFit = component.aspectMode === "cover" ? "cover" : "contain";
    frame.append(shown);
    const holder = el("div", { class: "flex-image-holder" }, frame);
    holder.style.justifyContent = { start: "flex-start", end: "flex-end" }[component.align] ?? "center";
    if (parent === "vertical") holder.style.width = "100%";
    return pressable(holder, component.action);
  }

  function icon(component) {
    const [width, height] = (component.aspectRatio ?? "1:1").split(":").map(Number);
    const size = parseFloat(measure(component.size ?? "md", LETTERS));
    const node = picture(component.url, "", { class: "flex-icon" });
    node.style.height = `${size}px`;
    node.style.width = `${(size * width) / height}px`;
    return node;
  }

  function separator(component, parent) {
    const node = el("div", { class: parent === "vertical" ? "rule" : "rule upright" });
    node.style.backgroundColor = color(component.color);
    return node;
  }

  function filler() {
    return el("div");
  }

  function video(component) {
    return draw(component.altContent, "vertical");
  }
}
