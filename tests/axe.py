"""axe-core over a page, as it is at four sizes and in the dark."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browsers import PHONE
from tests.node_packages import installed

# A phone first, where everything is judged. 320 px are left of a desk at a zoom of 400 % (WCAG
# 1.4.10), 640 at 200 % (1.4.4).
SIZES = (
    PHONE,
    {"width": 320, "height": 700},
    {"width": 640, "height": 450},
    {"width": 1280, "height": 900},
)
# What WCAG 2.2 demands at A and AA, and axe's own list of good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What hangs on the size of the screen alone. All else is judged anew at a size at which something
# is shown, hidden or coloured otherwise than at those before.
AT_EVERY_SIZE = ["scrollable-region-focusable", "target-size"]
JUDGE = """async ([rules, atEverySize]) => {
  const looks = [...document.querySelectorAll("body, body *")].map(one => {
    if (!one.checkVisibility()) return "";
    const {color, backgroundColor} = getComputedStyle(one);
    return color + backgroundColor;
  }).join();
  window.judged ??= new Set();
  const only = judged.has(looks) ? atEverySize : rules;
  judged.add(looks);
  const how = {runOnly: only, resultTypes: ["violations"], preload: false, selectors: false};
  const {violations} = await axe.run(document, how);
  const wide = document.documentElement.scrollWidth;
  const wrong = violations.map(v => [v.id, v.help, v.nodes.map(n => n.html.slice(0, 300))]);
  return wide > innerWidth ? [...wrong, ["too wide", `${wide} px`, []]] : wrong;
}"""

# Contrast alone, at the last of the sizes. Where things lie was judged in the light: of all that
# has the same colours on the same ground, as rows of a table have, one is judged for all.
JUDGE_COLOURS = """async () => {
  const grounds = new Map([[null, ""]]);
  const ground = one => {
    if (!grounds.has(one)) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(one);
      const own = [one.tagName, one.className, backgroundColor, backgroundImage, opacity];
      grounds.set(one, [ground(one.parentElement), ...own].join("|"));
    }
    return grounds.get(one);
  };
  const speaks = one => one.matches("input, select, textarea")
    || [...one.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim());
  const asked = new Map();
  for (const one of document.querySelectorAll("body, body *")) {
    if (!one.checkVisibility() || !speaks(one)) continue;
    const {color, fontSize, fontWeight, textShadow} = getComputedStyle(one);
    const off = [one.closest("label")?.control ?? one, one].map(
      e => e.matches(":disabled") || !!e.closest("[aria-disabled=true]"));
    asked.set([ground(one), color, fontSize, fontWeight, textShadow, off].join("|"), one);
  }
  if (!asked.size) return [];
  const how = {
    runOnly: ["color-contrast"], resultTypes: ["violations"], preload: false, selectors: false,
  };
  const {violations} = await axe.run({include: [...asked.values()]}, how);
  return violations.map(v => [v.id, v.help, v.nodes.map(n => n.html.slice(0, 300))]);
}"""


@cache
def source() -> str:
    """Return the script of axe-core."""
    folder = installed(Path(__file__).parent / "node_axe", "axe-core")
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def judge(page: Page) -> dict[str, Any]:
    """Return what axe finds at four sizes and in the dark, and how far the page is too wide."""
    if page.evaluate("!window.axe"):
        page.evaluate(source())
    found: dict[str, Any] = {}
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if wrong := page.evaluate(JUDGE, [RULES, AT_EVERY_SIZE]):
            found[f"at {size['width']} px"] = wrong
        if folder := os.environ.get("PAGES_SEEN"):
            name = re.sub(r"\W+", "-", urlsplit(page.url).path)
            name = f"{name}-{size['width']}-{abs(hash(page.url)) % 1000}"
            page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    page.emulate_media(color_scheme="dark")
    if wrong := page.evaluate(JUDGE_COLOURS):
        found["in the dark"] = wrong
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return found
