// Template messages and imagemaps.

import { el, mediaUrl, picture } from "./dom.js";

const COLOR = /^#[0-9a-f]{6}$/i;

/** `control` and `pressable` come from the actions. */
export function makeTemplates({ control, pressable }) {
  const drawers = { buttons, confirm, carousel, image_carousel: imageCarousel };
  return {
    template: (template) => drawers[template.type]?.(template) ?? el("p", { text: template.type }),
    imagemap,
  };

  function choices(actions, more = "") {
    const list = el("div", { class: `card-choices ${more}` });
    list.append(...actions.map((action) => control(action, { class: "card-choice" })));
    return list;
  }

  function body(block, look) {
    const node = el("div", { class: "card-body" });
    if (block.thumbnailImageUrl) node.append(thumbnail(block, look));
    if (block.title) node.append(el("p", { class: "card-title", text: block.title }));
    node.append(el("p", { class: "card-text", text: block.text }));
    return pressable(node, block.defaultAction);
  }

  function thumbnail(block, look) {
    const shape = look.imageAspectRatio === "square" ? "square" : "rectangle";
    const image = picture(block.thumbnailImageUrl, "", {
      class: `card-picture ${shape} ${look.imageSize ?? "cover"}`,
    });
    if (COLOR.test(block.imageBackgroundColor ?? "")) {
      image.style.backgroundColor = block.imageBackgroundColor;
    }
    return image;
  }

  function buttons(template) {
    return el("div", { class: "card" }, body(template, template), choices(template.actions));
  }

  function confirm(template) {
    return el("div", { class: "card" }, body(template, template), choices(template.actions, "side"));
  }

  function row(count) {
    const label = `カード ${count}枚`;
    return el("div", { class: "carousel", role: "group", tabindex: "0", "aria-label": label });
  }

  function carousel(template) {
    const node = row(template.columns.length);
    for (const column of template.columns) {
      node.append(el("div", { class: "card" }, body(column, template), choices(column.actions)));
    }
    return node;
  }

  function imageCarousel(template) {
    const node = row(template.columns.length);
    for (const column of template.columns) {
      const tile = el("div", { class: "card tile" }, picture(column.imageUrl, column.action.label ?? ""));
      if (column.action.label) tile.append(el("span", { class: "tile-label", text: column.action.label }));
      node.append(pressable(tile, column.action));
    }
    return node;
  }

  function imagemap(message) {
    const node = el("div", { class: "imagemap", role: "group", "aria-label": message.altText });
    const { width, height } = message.baseSize;
    node.style.aspectRatio = `${width} / ${height}`;
    node.append(picture(`${message.baseUrl}/${imagemapWidth()}`, message.altText));
    if (message.video) node.append(...film(message.video, width, height));
    for (const found of message.actions) {
      const button = control(asAction(found), {
        class: "area",
        text: "",
        "aria-label": found.label ?? found.text ?? found.linkUri ?? "コピー",
      });
      node.append(over(button, found.area, width, height));
    }
    return node;
  }

  /** A video inside an imagemap; after its end the link appears in its place. */
  function film({ originalContentUrl, previewImageUrl, area, externalLink }, width, height) {
    const video = el("video", {
      controls: true,
      preload: "none",
      src: mediaUrl(originalContentUrl),
      poster: mediaUrl(previewImageUrl),
    });
    const parts = [over(video, area, width, height)];
    if (externalLink) {
      const action = { type: "uri", uri: externalLink.linkUri };
      const link = control(action, { class: "film-link", text: externalLink.label });
      link.hidden = true;
      video.addEventListener("ended", () => { link.hidden = false; });
      video.addEventListener("play", () => { link.hidden = true; });
      parts.push(over(link, area, width, height));
    }
    return parts;
  }
}

/** The smallest of LINE's five widths that is sharp on this screen. */
function imagemapWidth() {
  const needed = 300 * (window.devicePixelRatio || 1);
  return [240, 300, 460, 700, 1040].find((width) => width >= needed) ?? 1040;
}

/** Lay an element over a picture by an area in the picture's own units. */
export function over(node, area, width, height) {
  node.style.left = `${(area.x / width) * 100}%`;
  node.style.top = `${(area.y / height) * 100}%`;
  node.style.width = `${(area.width / width) * 100}%`;
  node.style.height = `${(area.height / height) * 100}%`;
  return node;
}

function asAction(found) {
  if (found.type === "uri") return { type: "uri", uri: found.linkUri };
  return found;
}
