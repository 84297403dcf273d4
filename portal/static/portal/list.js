/* The list of images: its ticks are counted, and outlive what the server sends anew. */

const results = () => document.querySelector("#results");
const ticks = () => [...document.querySelectorAll("#results tbody input[type=checkbox]")];
const all = () => document.querySelector("[data-tick-all]");

function count() {
  const boxes = ticks();
  const ticked = boxes.filter((box) => box.checked).length;
  const shown = document.querySelector("[data-ticked]");
  if (shown) shown.textContent = ticked;
  if (!all()) return;
  all().checked = ticked > 0 && ticked === boxes.length;
  all().indeterminate = ticked > 0 && ticked < boxes.length;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    for (const box of ticks()) box.checked = event.target.checked;
  }
  count();
});

document.addEventListener("reset", (event) => {
  if (event.target.id !== "bulk") return;
  setTimeout(() => {
    for (const box of ticks()) box.checked = false;
    count();
  }, 0);
});

// What the address would not say is left out of it.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") return;
  const sent = event.detail.formData;
  for (const name of new Set(sent.keys())) {
    const values = sent.getAll(name).filter(Boolean);
    sent.delete(name);
    for (const value of values) sent.append(name, value);
  }
});

// A menu that is open stays; the next round comes soon.
document.addEventListener("htmx:beforeRequest", (event) => {
  const isPoll = event.detail.elt.id === "results";
  if (isPoll && results().querySelector("details[open]")) event.preventDefault();
});

let kept = { ticked: new Set(), row: -1 };

document.addEventListener("htmx:beforeSwap", () => {
  const rows = [...document.querySelectorAll("#results tbody tr")];
  const ticked = ticks().filter((box) => box.checked);
  kept = {
    ticked: new Set(ticked.map((box) => box.value)),
    row: rows.findIndex((row) => row.contains(document.activeElement)),
  };
});

document.addEventListener("htmx:afterSettle", () => {
  for (const box of ticks()) box.checked ||= kept.ticked.has(box.value);
  count();
  if (kept.row < 0 || document.activeElement !== document.body) return;
  const links = document.querySelectorAll("#results tbody th a");
  links[Math.min(kept.row, links.length - 1)]?.focus();
});

count();
