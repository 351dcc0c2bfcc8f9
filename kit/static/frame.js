// Dialogs, toasts and previews of the console. Everything works without it, too.
"use strict";

addEventListener("click", (event) => {
  const near = (name) => event.target.closest(`[data-${name}]`)?.dataset[name];
  const opens = near("opens");
  const closes = near("closes");
  if (opens || closes) {
    event.preventDefault();
    const dialog = document.getElementById(opens || closes);
    if (opens) dialog.showModal(); else dialog.close();
  }
  document.getElementById(near("removes"))?.remove();
});

// What is typed in a field stands elsewhere on the page as well, and is counted, by data-mirrors
// and data-counts with the field's id.
addEventListener("input", ({ target }) => {
  if (!target.id) return;
  for (const seen of document.querySelectorAll(`[data-mirrors="${CSS.escape(target.id)}"]`)) {
    seen.textContent = target.value;
  }
  for (const count of document.querySelectorAll(`[data-counts="${CSS.escape(target.id)}"]`)) {
    const typed = [...target.value].length;
    const most = Number(count.dataset.most);
    count.textContent = typed > most
      ? `${typed - most}文字多すぎます（${most}文字まで）`
      : `${typed} / ${most}文字`;
    count.classList.toggle("bad", typed > most);
  }
});
