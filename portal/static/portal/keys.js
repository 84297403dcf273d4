/* What single keys do: go somewhere, move along the rows of a list, tick, open what a row offers. */

const WAIT = 1500; // milliseconds between two keys of one pair
let first = "";
let forgotten;

/** Do what *key* means here; *dialog* lists all of them, and where they lead. */
export function press(key, dialog) {
  const pair = first ? `${first} ${key}` : key;
  clearTimeout(forgotten);
  first = "";
  const place = dialog.querySelector(`[data-key="${CSS.escape(pair)}"]`);
  if (place) return place.click(); // as a link, so that uploads go on
  if (key === "g") {
    first = key;
    forgotten = setTimeout(() => (first = ""), WAIT);
  } else if (ACTS[key]) {
    ACTS[key](dialog);
  }
}

const ACTS = {
  "?": (dialog) => dialog.showModal(),
  "/": () => document.querySelector("input[type=search]")?.select(),
  j: () => move(1),
  k: () => move(-1),
  x: () => row()?.querySelector("input[type=checkbox]")?.click(),
  ".": () => openMenu(row()?.querySelector("details")),
};

function rows() {
  return [...document.querySelectorAll("main table tbody tr:has(th a)")];
}

function row() {
  return document.activeElement.closest("main table tbody tr");
}

function move(step) {
  const all = rows();
  const at = all.indexOf(row());
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1);
  all[next]?.querySelector("th a").focus();
}

function openMenu(menu) {
  if (!menu) return;
  menu.open = true;
  menu.querySelector("a, button")?.focus();
}
