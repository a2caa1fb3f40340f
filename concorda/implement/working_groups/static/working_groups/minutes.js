// Several people write the minutes at once: what one changed is sent after a pause, what others wrote comes in. The server
// lays changes together; here nothing is overwritten that was typed since. Without this script the form saves as any other.
//
// `loaded` of each part holds what its fields were when the changes in them began: the server merges from there.

const form = document.querySelector("form[data-together]");
const state = form?.querySelector("[data-state]");
const PAUSE = 1200;
const LOOK = 4000;
let busy = false;
let changed = false;
let timer;

if (form) {
  form.addEventListener("input", (event) => {
    if (event.target.name?.startsWith("action-")) return;
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  setInterval(() => (changed ? save() : look()), LOOK);
}

async function save() {
  if (busy) return;
  const sent = new FormData(form);
  for (const name of [...sent.keys()]) if (name.startsWith("action-")) sent.delete(name);
  changed = false;
  say(form.dataset.saving);
  await ask({ method: "POST", body: sent }, sent);
}

async function look() {
  if (!busy && !document.hidden) await ask({}, null);
}

// `sent` is what was sent along, or nothing when only looking
async function ask(how, sent) {
  busy = true;
  try {
    const answer = await fetch(location.pathname, { ...how, headers: { Accept: "application/json" } });
    if (sent && answer.status === 422) return say(form.dataset.wrong);
    if (!answer.ok || !answer.headers.get("Content-Type")?.includes("json")) throw new Error(String(answer.status));
    take(await answer.json(), sent);
    if (sent) {
      if (!changed) delete form.dataset.changed;
      say(form.dataset.saved);
    }
  } catch {
    if (sent) changed = true;
    if (changed) say(form.dataset.waiting);
  } finally {
    busy = false;
  }
}

function take(stored, sent) {
  for (const [prefix, part] of Object.entries(stored.parts)) {
    const loaded = form.elements[`${prefix}-loaded`];
    if (!loaded) {
      say(form.dataset.changedAgenda);
      continue;
    }
    const base = JSON.parse(loaded.value);
    for (const [name, value] of Object.entries(part.values)) {
      const field = form.elements[`${prefix}-${name}`];
      if (field) base[name] = settle(field, base[name], value, sent);
    }
    loaded.value = JSON.stringify(base);
  }
  takeNames(stored.here, sent);
  for (const clash of stored.clashes) tell(clash);
}

// Shows what is stored, unless something was typed that the server does not know yet; returns what changes start from now
function settle(field, base, stored, sent) {
  const known = sent ? typed(field, sentOf(field, sent)) : base;
  if (text(known) !== read(field)) return known;
  write(field, stored);
  if (sent) forget(field);
  return stored;
}

function takeNames(here, sent) {
  const loaded = form.elements["here-loaded"];
  const before = new Set(JSON.parse(loaded.value));
  const base = [];
  for (const box of form.querySelectorAll('[name="here-members"], [name="here-guests"]')) {
    const key = Number(box.value);
    const known = sent ? sent.getAll(box.name).includes(box.value) : before.has(key);
    const untouched = box.checked === known;
    if (untouched) box.checked = here.includes(key);
    if (untouched ? box.checked : known) base.push(key);
  }
  loaded.value = JSON.stringify(base);
}

function tell(clash) {
  const field = form.elements[`${clash.part}-${clash.name}`];
  const note = document.createElement("p");
  note.className = "notice notice-alert";
  note.setAttribute("role", "alert");
  note.textContent = clash.says;
  (field.closest(".field") ?? field).before(note);
  field.addEventListener("input", () => note.remove(), { once: true });
}

function say(words) {
  state.textContent = words;
}

// What is stored needs no draft in this browser
function forget(field) {
  try {
    window.localStorage.removeItem(`draft:${location.pathname}:${field.name}`);
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
}

const text = (value) => (value === true ? "on" : value === null || value === undefined || value === false ? "" : String(value));

const read = (field) => (field.type === "checkbox" ? (field.checked ? "on" : "") : field.value);

const sentOf = (field, sent) => String(sent.get(field.name) ?? "").replaceAll("\r\n", "\n");

function typed(field, shown) {
  if (field.type === "checkbox") return shown === "on";
  if (field.type === "number") return shown === "" ? null : Number(shown);
  return shown;
}

// The caret stays where it was in the text
function write(field, value) {
  if (field.type === "checkbox") {
    field.checked = value === true;
    return;
  }
  const [old, now, start] = [field.value, text(value), field.selectionStart];
  if (old === now) return;
  field.value = now;
  if (document.activeElement !== field || field.tagName !== "TEXTAREA") return;
  let same = 0;
  while (same < start && old[same] === now[same]) same += 1;
  const place = same === start ? start : Math.max(same, now.length - (old.length - start));
  field.setSelectionRange(place, place);
}
