// A line that is named beside the text is selected in it. Without this file the number stays words.
"use strict";
const text = document.getElementById("text");
for (const place of document.querySelectorAll("[data-line]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = place.textContent;
  button.addEventListener("click", () => {
    const lines = text.value.split("\n");
    const before = lines.slice(0, Number(place.dataset.line) - 1);
    const start = before.join("\n").length + (before.length ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + lines[before.length].length);
    text.scrollTop = (text.scrollHeight / lines.length) * Math.max(0, before.length - 5);
  });
  place.replaceChildren(button);
}
