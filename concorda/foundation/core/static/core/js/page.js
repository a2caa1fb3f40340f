// Conveniences for the whole page. Everything works without them.

const $ = (selector, root = document) => root.querySelector(selector);

// "/" goes to the search box, unless someone is typing
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = $("[data-search]");
    if (box?.checkVisibility()) {
      event.preventDefault();
      box.focus();
    }
  }
  if (event.key === "Escape") closeMenus({ refocus: true });
});

// Menus close when the reader goes elsewhere
document.addEventListener("click", (event) => closeMenus({ except: event.target.closest(".menu") }));

function closeMenus({ except = null, refocus = false } = {}) {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (menu === except) continue;
    menu.open = false;
    if (refocus) $("summary", menu)?.focus();
  }
}

// A page that came back with errors begins there
$("[data-focus]")?.focus();

// Print
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) {
    event.preventDefault();
    window.print();
  }
});

// Light or dark at once; the server is told so that the next page comes that way
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-scheme-form]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const chosen = event.submitter.value;
  if (chosen) document.documentElement.dataset.scheme = chosen;
  else delete document.documentElement.dataset.scheme;
  for (const button of document.querySelectorAll("[data-scheme-form] button"))
    button.setAttribute("aria-pressed", String(button.value === chosen));
  await fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), redirect: "manual" });
});

// A dialog asks before what cannot be undone: <a href="…/delete/" data-dialog="#id"> with a <dialog id> on the page
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && $(opener.dataset.dialog);
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
  }
  if (event.target.closest("[data-close]")) {
    event.preventDefault();
    event.target.closest("dialog")?.close();
  }
});
