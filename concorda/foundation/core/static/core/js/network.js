// A network answers when one points at somebody: their ties stay, the others fade, and a sentence says who it is.

for (const net of document.querySelectorAll("svg.net")) {
  const says = net.parentElement.querySelector("[data-net-says]");
  const dots = new Map([...net.querySelectorAll("[data-node]")].map((dot) => [dot.dataset.node, dot]));
  const ties = new Map();
  for (const path of net.querySelectorAll("[data-ends]")) {
    for (const end of path.dataset.ends.split(" ")) ties.set(end, [...(ties.get(end) ?? []), path]);
  }
  let shown = null;

  function show(dot) {
    if (dot === shown) return;
    clear();
    shown = dot;
    if (!dot) return;
    const own = ties.get(dot.dataset.node) ?? [];
    net.dataset.focus = "";
    dot.dataset.near = "";
    for (const path of own) {
      path.dataset.near = "";
      for (const end of path.dataset.ends.split(" ")) dots.get(end).dataset.near = "";
    }
    const name = dot.querySelector("title").textContent;
    if (says) says.textContent = says.dataset.netSays.replace("{name}", name).replace("{ties}", own.length);
  }

  function clear() {
    delete net.dataset.focus;
    for (const near of net.querySelectorAll("[data-near]")) delete near.dataset.near;
    if (says) says.textContent = "";
  }

  net.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse") show(event.target.closest("[data-node]"));
  });
  net.addEventListener("pointerleave", () => show(null));
  net.addEventListener("click", (event) => show(event.target.closest("[data-node]")));
}
