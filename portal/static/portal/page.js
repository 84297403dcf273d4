/* What every page does with JavaScript: copy, submit on choice, quiet polling, rows, drops, keys. */

const OPEN_MENU = "details:is(.menu, .tray)[open]";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(button.dataset.copy);
  const label = button.querySelector("span");
  const before = label.textContent;
  label.textContent = button.dataset.done;
  setTimeout(() => (label.textContent = before), 2000);
});

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea"); // plain http has no clipboard
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
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

// Single keys, unless they were turned off; what they do is fetched with the first one.
const keys = document.querySelector("dialog#keys");

document.addEventListener("keydown", (event) => {
  if (!keys || keys.open || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.isComposing || isField(event.target) || !keys.dataset.keys.includes(event.key)) return;
  event.preventDefault();
  import(keys.dataset.script).then(({ press }) => press(event.key, keys));
});

function isField(element) {
  const isBox = element.matches("input[type=checkbox], input[type=radio]");
  return !isBox && (element.isContentEditable || element.matches("input, select, textarea"));
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
