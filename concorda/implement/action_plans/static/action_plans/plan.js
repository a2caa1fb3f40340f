// Conveniences for the plan: keys, dragging, picking a whole page. Each has a plain way beside it.

const plan = document.querySelector("[data-gantt]");
const board = document.querySelector("[data-board]");
const picks = document.querySelector("[data-picks]");
const DAY = 86_400_000;

// The timeline: arrow keys go from row to row, M tries another day

const links = (root) => [...root.querySelectorAll("tbody th a")];

plan?.addEventListener("keydown", (event) => {
  const all = links(plan);
  const at = all.indexOf(event.target);
  if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    all[to]?.focus();
  } else if (event.key.toLowerCase() === "m" && event.target.closest("[data-due]")) {
    location.assign(moveAddress(event.target.closest("tr")));
  }
});

const moveAddress = (row) => new URL("move/", row.querySelector("th a").href).href;

// The timeline: dragging a bar shows the day it would end, and opens the page that says what would move

plan?.addEventListener("pointerdown", (event) => {
  const row = event.target.closest?.(".bar") && event.target.closest("[data-due]");
  if (!row || event.button !== 0) return;
  event.preventDefault();
  const track = row.querySelector(".g-track");
  const perDay = track.getBoundingClientRect().width / Number(plan.dataset.days);
  const shadow = trial(track, event.target);
  const from = event.clientX;
  let days = 0;
  const dragged = (move) => {
    days = Math.round((move.clientX - from) / perDay);
    shadow.show(days * perDay, days ? said(dayAfter(row.dataset.due, days)) : "");
  };
  const dropped = (end) => {
    track.removeEventListener("pointermove", dragged);
    shadow.remove();
    if (end.type === "pointerup" && days) location.assign(`${moveAddress(row)}?due=${dayAfter(row.dataset.due, days)}`);
  };
  track.setPointerCapture(event.pointerId);
  track.addEventListener("pointermove", dragged);
  track.addEventListener("pointerup", dropped, { once: true });
  track.addEventListener("pointercancel", dropped, { once: true });
});

function dayAfter(day, days) {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
}

function said(day) {
  const form = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", timeZone: "UTC" });
  return form.format(new Date(day));
}

function trial(track, bar) {
  const [box, label] = ["rect", "text"].map((name) => track.appendChild(document.createElementNS("http://www.w3.org/2000/svg", name)));
  const { x, width, y, height } = bar.getBBox();
  box.setAttribute("class", "g-try");
  label.setAttribute("class", "g-try-label");
  for (const [name, value] of Object.entries({ x, y, width, height, rx: 3 })) box.setAttribute(name, value);
  label.setAttribute("y", y + height / 2 + 4);
  return {
    show(by, text) {
      box.setAttribute("width", Math.max(width + by, 3));
      label.setAttribute("x", x + Math.max(width + by, 3) + 8);
      label.textContent = text;
    },
    remove() {
      box.remove();
      label.remove();
    },
  };
}

// The board: cards are dragged to a column, or go there with Shift and an arrow key

let carried = null;

board?.addEventListener("dragstart", (event) => {
  carried = event.target.closest(".plan-card[draggable]");
  carried?.classList.add("is-dragged");
  event.dataTransfer?.setData("text/plain", carried?.textContent.trim() ?? "");
});

board?.addEventListener("dragover", (event) => {
  const column = event.target.closest(".plan-column");
  if (carried && column) event.preventDefault();
  for (const one of board.querySelectorAll(".plan-column")) one.classList.toggle("is-target", one === column);
});

board?.addEventListener("drop", (event) => {
  const column = event.target.closest(".plan-column");
  if (carried && column) {
    event.preventDefault();
    send(carried, column);
  }
});

board?.addEventListener("dragend", () => {
  carried?.classList.remove("is-dragged");
  for (const one of board.querySelectorAll(".is-target")) one.classList.remove("is-target");
  carried = null;
});

board?.addEventListener("keydown", (event) => {
  const card = event.target.closest(".plan-card");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!card || event.target.matches("input, button")) return;
  const column = card.closest(".plan-column");
  const columns = [...board.querySelectorAll(".plan-column")];
  const beside = columns[columns.indexOf(column) + step];
  const next = { ArrowDown: card.nextElementSibling, ArrowUp: card.previousElementSibling }[event.key];
  if (step && event.shiftKey && card.draggable && beside) {
    event.preventDefault();
    send(card, beside);
  } else if (next ?? beside) {
    event.preventDefault();
    (next ?? beside).querySelector(".plan-card a, a")?.focus();
  }
});

// What blocks it has to be said: the card opens where that is written
function send(card, column) {
  const status = column.dataset.status;
  if (column.contains(card)) return;
  const details = card.querySelector("details");
  const button = card.querySelector(`button[value="${status}"]`);
  if (status === "stuck") {
    details.open = true;
    card.querySelector('input[name="because"]')?.focus();
  } else {
    button?.form.requestSubmit(button);
  }
}

// The list: a box above the boxes picks the whole page

if (picks) {
  const head = picks.querySelector("thead .pick");
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", head.textContent.trim());
  head.append(all);
  all.addEventListener("change", () => {
    for (const box of picks.querySelectorAll('input[name="pick"]')) box.checked = all.checked;
    show();
  });
  picks.addEventListener("change", show);
}

function show() {
  const some = picks.querySelector('input[name="pick"]:checked');
  if (some) picks.querySelector("details").open = true;
}
