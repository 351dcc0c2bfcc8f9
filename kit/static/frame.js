// Dialogs and toasts of the console. Everything works without it, too.
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
