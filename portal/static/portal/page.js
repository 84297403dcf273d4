/* What every page does with JavaScript: copy, submit on choice, quiet polling, rows, drops, keys. */

const OPEN_MENU = "details:is(.menu, .tray)[open]";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const { copy: text, done, failed } = button.dataset;
  const label = button.querySelector("span");
  button.dataset.label ??= label.textContent;
  label.textContent = (await copy(text)) ? done : failed;
  document.querySelector("#spoken").replaceChildren(label.textContent);
  button.focus();
  setTimeout(() => (label.textContent = button.dataset.label), 2000);
});

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyMarked(text); // plain http has no clipboard, and a browser may refuse it
  }
}

function copyMarked(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  return isCopied;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submit]")) event.target.form.requestSubmit();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(OPEN_MENU)) {
    if (!event.composedPath().includes(menu)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(OPEN_MENU);
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// The front page is a page only for who asks for HTML.
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers.Accept = "text/html";
});

// Live parts rest while nobody looks.
document.addEventListener("htmx:beforeRequest", (event) => {
  const isPoll = (event.detail.elt.getAttribute("hx-trigger") || "").startsWith("every");
  if (isPoll && document.hidden) event.preventDefault();
});

// What was asked for as somebody else, or in another project, is not put into this page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo } = event.detail;
  const asked = new URL(pathInfo.requestPath, location.href);
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const isLed = new URL(xhr.responseURL).pathname !== asked.pathname;
  const isMoved = !isLed && projectOf(page) !== projectOf(document);
  if (isLed || isMoved) event.detail.shouldSwap = false;
  document.querySelector("#signed-out").hidden = !isLed;
  document.querySelector("#moved").hidden = !isMoved;
});

function projectOf(page) {
  return page.querySelector("header [name=project] option[selected]")?.value;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  if (!button) return;
  const form = button.form;
  const total = form.querySelector("[name$='-TOTAL_FORMS']");
  const row = form.querySelector("template[data-row]").content.cloneNode(true);
  for (const part of row.querySelectorAll("[name], [id], [for]")) {
    for (const name of ["name", "id", "for"]) {
      const value = part.getAttribute(name);
      if (value) part.setAttribute(name, value.replace("__prefix__", total.value));
    }
  }
  total.value = Number(total.value) + 1;
  form.querySelector("[data-rows] tbody").append(row);
  form.querySelector("[data-rows] tbody tr:last-child input").focus();
});

// Files are dropped anywhere on a page that has a place for them.
function dropPlace(event) {
  const hasFiles = event.dataTransfer?.types.includes("Files");
  return hasFiles && document.querySelector("form#upload, [data-drop-to]");
}

document.addEventListener("dragover", (event) => {
  if (!dropPlace(event)) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});

document.addEventListener("drop", (event) => {
  const place = dropPlace(event);
  if (!place) return;
  event.preventDefault();
  document.body.classList.remove("dropping");
  const detail = [...event.dataTransfer.files];
  place.dispatchEvent(new CustomEvent("vitrine:files", { detail, bubbles: true }));
});

// A form goes once: what was pressed says so and cannot be pressed again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  setTimeout(() => {
    for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
  }, 0);
});

window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[type=submit]:disabled")) {
    button.disabled = false;
  }
});

// Single keys, unless they were turned off: go somewhere, move along rows, tick, open what a row
// offers. The dialog lists all of them, and where they lead. (Here, since a file of its own would be
// one request more of every first view, or come too late for the letters that follow a "/".)
const WAIT = 1500; // milliseconds between the two keys of a pair
const keys = document.querySelector("dialog#keys");
let first = "";
let forgotten;

document.addEventListener("keydown", (event) => {
  if (!keys || keys.open || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.isComposing || isField(event.target)) return;
  if (press(first ? `${first} ${event.key}` : event.key)) event.preventDefault();
});

function press(key) {
  clearTimeout(forgotten);
  first = "";
  const place = keys.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (place) {
    place.click(); // as a link, so that uploads go on
  } else if (key === "g") {
    first = key;
    forgotten = setTimeout(() => (first = ""), WAIT);
  } else if (ACTS[key]) {
    ACTS[key]();
  } else {
    return false;
  }
  return true;
}

const ACTS = {
  "?": () => keys.showModal(),
  "/": () => document.querySelector("input[type=search]")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  x: () => row()?.querySelector("input[type=checkbox]")?.click(),
  ".": () => openMenu(row()?.querySelector("details")),
};

function isField(element) {
  const isBox = element.matches("input[type=checkbox], input[type=radio]");
  return !isBox && (element.isContentEditable || element.matches("input, select, textarea"));
}

function row() {
  return document.activeElement.closest("main table tbody tr");
}

const HANDLE = "th :is(a, input[type=checkbox])"; // by which a row is taken

function move(step) {
  const all = [...document.querySelectorAll(`main table tbody tr:has(${HANDLE})`)];
  const at = all.indexOf(row());
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1);
  all[next]?.querySelector(HANDLE).focus();
}

function openMenu(menu) {
  if (!menu) return;
  menu.open = true;
  menu.querySelector("a, button")?.focus();
}

// Ways to do one thing lie side by side: one is shown, and the address says which.
document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-way]");
  if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  for (const one of document.querySelectorAll("[data-way]")) {
    const isChosen = one === way;
    if (isChosen) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
    document.getElementById(one.dataset.way).hidden = !isChosen;
  }
  history.replaceState(history.state, "", way.href);
});
