// The rich menu: a picture with places to tap, and the bar that opens and closes it.

import { menuImageUrl } from "./api.js";
import { byId, el } from "./dom.js";
import { over } from "./templates.js";

export class Menu {
  constructor({ control }) {
    this.control = control;
    this.box = byId("menu");
    this.picture = byId("menu-picture");
    this.bar = byId("menu-bar");
    this.bar.onclick = () => this.open(this.picture.hidden);
    this.current = null;
    // On a low screen an open menu would leave no room for the talk.
    this.low = matchMedia("(max-height: 599px)");
    this.low.addEventListener("change", () => { if (this.low.matches) this.open(false); });
  }

  /** Show a menu, or none. A change of tab leaves the menu as open as it was. */
  show(menu) {
    if (menu?.richMenuId === this.current) return;
    const first = this.current === null;
    this.current = menu?.richMenuId ?? null;
    this.box.hidden = !menu;
    if (!menu) return;
    const { width, height } = menu.size;
    const image = el("img", { alt: menu.name, src: menuImageUrl(menu.richMenuId) });
    this.picture.style.aspectRatio = `${width} / ${height}`;
    // Whoever tapped a tab by keyboard stays at its place in the next menu.
    const held = [...this.picture.querySelectorAll(".area")].indexOf(document.activeElement);
    this.picture.replaceChildren(image, ...menu.areas.map((area, index) => this.area(area, index, menu)));
    this.bar.textContent = menu.chatBarText;
    this.open(first ? menu.selected && !this.low.matches : !this.picture.hidden);
    if (held >= 0) (this.picture.querySelectorAll(".area")[held] ?? this.bar).focus();
  }

  area({ bounds, action }, index, { size }) {
    const label = action.label || action.displayText || action.text || `メニュー ${index + 1}`;
    const button = this.control(action, { class: "area", text: "", "aria-label": label });
    return over(button, bounds, size.width, size.height);
  }

  open(wanted) {
    this.picture.hidden = !wanted;
    this.bar.setAttribute("aria-expanded", String(wanted));
  }
}
