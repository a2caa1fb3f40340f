// Nothing typed is lost: a warning before leaving a changed form, and drafts of long texts in this browser.

const guarded = document.querySelectorAll("form[data-guard]");
let leaving = false;

for (const form of guarded) {
  form.addEventListener("input", () => (form.dataset.changed = ""));
  form.addEventListener("submit", () => (leaving = true));
}

window.addEventListener("beforeunload", (event) => {
  if (!leaving && document.querySelector("form[data-changed]")) event.preventDefault();
});

// Drafts are kept per page and field, and only where the browser allows it
const storage = (() => {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
})();
const words = document.documentElement.lang.startsWith("fr")
  ? { kept: "Ce que vous aviez écrit ici n’a pas été enregistré.", use: "Reprendre ce texte", drop: "L’oublier" }
  : { kept: "What you wrote here was not saved.", use: "Put it back", drop: "Forget it" };

for (const box of document.querySelectorAll("[data-draft]")) {
  if (!storage || !box.name) continue;
  const key = `draft:${location.pathname}:${box.name}`;
  const draft = storage.getItem(key);
  if (draft !== null && draft !== box.value) offer(box, key, draft);
  let timer;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => storage.setItem(key, box.value), 400);
  });
  box.form?.addEventListener("submit", () => {
    clearTimeout(timer);
    sessionStorage.setItem("saving", key);
    storage.setItem(key, box.value);
  });
}

// A form that was saved leads to another page: its drafts have done their work
const saved = storage && sessionStorage.getItem("saving");
if (saved) {
  if (!saved.startsWith(`draft:${location.pathname}:`)) forget(saved.split(":")[1]);
  sessionStorage.removeItem("saving");
}

function forget(path) {
  for (const key of Object.keys(storage)) if (key.startsWith(`draft:${path}:`)) storage.removeItem(key);
}

function offer(box, key, draft) {
  const note = document.createElement("p");
  note.className = "draft-note";
  note.setAttribute("role", "status");
  note.append(words.kept, button(words.use, () => put(box, draft)), button(words.drop, () => storage.removeItem(key)));
  note.addEventListener("click", (event) => event.target.closest("button") && (note.remove(), box.focus()));
  box.before(note);
}

function put(box, text) {
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-small";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
