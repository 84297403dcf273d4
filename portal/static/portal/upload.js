/* The upload page: choose or drop a file, make its record, send its bytes and show how they go. */

import { detect } from "./formats.js";

const OCTETS = "application/octet-stream";
const WINDOW = 10_000; // milliseconds over which the rate is the mean
const SPOKEN = [0, 25, 50, 75, 100];

export class Upload {
  constructor(form) {
    this.form = form;
    this.words = form.querySelector("[data-words]").dataset;
    this.file = null;
    form.noValidate = true; // the plain file field is not the one that counts here
    this.part("drop").hidden = this.part("start").hidden = false;
    form.addEventListener("submit", (event) => this.submit(event));
    this.part("file").addEventListener("change", (event) => this.choose(event.target.files));
    this.part("cancel").addEventListener("click", () => this.cancel());
    acceptDrops(document.body, (files) => this.choose(files));
    window.addEventListener("beforeunload", (event) => this.isMoving && event.preventDefault());
  }

  part(name) {
    return this.form.querySelector(`[data-part="${name}"]`);
  }

  get isMoving() {
    return Boolean(this.request);
  }

  /* A file */

  async choose(files) {
    if (this.isMoving || !files.length) return;
    if (files.length > 1) return this.complain(this.words.many);
    this.file = files[0];
    const refusal = this.refusal();
    this.complain(refusal);
    const shown = { name: this.file.name, size: bytes(this.file.size) };
    this.part("chosen").textContent = fill(this.words.chosen, shown);
    this.fillName();
    await this.fillFormat();
    if (!refusal) this.part("start").focus();
  }

  fillName() {
    const name = this.form.elements.name;
    if (name && !name.value) name.value = this.file.name.replace(/\.[a-z0-9]{2,5}$/i, "");
  }

  async fillFormat() {
    const { format, packed } = await detect(this.file);
    const note = this.part("detected");
    if (packed) this.complain(fill(this.words.packed, { format: packed }));
    if (!note) return;
    note.hidden = !format;
    if (!format) return;
    note.textContent = fill(this.words.detected, { format });
    this.form.elements.disk_format.value = format;
  }

  /* The way of the bytes */

  async submit(event) {
    event.preventDefault();
    if (this.isMoving) return;
    const refusal = this.refusal();
    if (refusal) return this.complain(refusal);
    this.complain("");
    this.request = new XMLHttpRequest();
    const address = await this.makeRecord();
    if (address) this.send(address);
    else this.request = null;
  }

  /** What would be refused anyway is refused before a byte moves; the server asks again. */
  refusal() {
    if (!this.file) return this.words.nofile;
    const { room, most } = this.form.dataset;
    const size = this.file.size;
    if (most && size > Number(most)) {
      return fill(this.words.most, { most: bytes(Number(most)), size: bytes(size) });
    }
    if (room && size > Number(room)) {
      return fill(this.words.room, { room: bytes(Number(room)), size: bytes(size) });
    }
    return "";
  }

  /** Return where the bytes go: to the record of the page, or to one made now. */
  async makeRecord() {
    if (this.form.dataset.uploadTo) return this.form.dataset.uploadTo;
    const body = new URLSearchParams(new FormData(this.form));
    const answer = await post(this.form.action, body, this.token).catch(() => null);
    if (!answer) return void this.complain(this.words.broken);
    const told = await answer.json();
    if (!answer.ok) return void this.complain(sentences(told, this.form));
    this.made = told;
    return told.upload;
  }

  send(address) {
    const url = new URL(address, location.href);
    url.searchParams.set("size", this.file.size);
    this.began = [[performance.now(), 0]];
    this.spoken = -1;
    this.show(this.words.uploading, 0);
    this.lock(true);
    const request = this.request;
    request.upload.onprogress = (event) => this.move(event.loaded);
    request.upload.onload = () => this.show(this.words.verifying, this.file.size);
    request.onload = () => this.finish(request);
    request.onerror = () => this.fail(this.words.broken);
    request.open("POST", url);
    request.setRequestHeader("Content-Type", OCTETS);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", this.token);
    request.send(this.file);
  }

  get token() {
    return this.form.elements.csrfmiddlewaretoken.value;
  }

  finish(request) {
    const told = parsed(request.responseText);
    if (request.status !== 200) return this.fail(sentences(told, this.form));
    this.show(this.words.active, this.file.size, 100);
    this.request = null;
    location.assign(told.image);
  }

  async cancel() {
    if (!this.request) return;
    this.request.abort();
    this.request = null;
    await this.forget();
    this.part("progress").hidden = true;
    this.lock(false);
    this.complain(this.form.dataset.uploadTo ? this.words.left : this.words.cancelled);
  }

  async fail(text) {
    this.request = null;
    await this.forget();
    this.part("progress").hidden = true;
    this.lock(false);
    this.complain(text);
  }

  /** Take back the record that this page made for bytes that will not come. */
  async forget() {
    if (!this.made) return;
    const address = this.made.delete;
    this.made = null;
    await post(address, new URLSearchParams(), this.token).catch(() => null);
  }

  /* What is shown */

  move(sent) {
    const now = performance.now();
    this.began.push([now, sent]);
    while (this.began.length > 2 && now - this.began[0][0] > WINDOW) this.began.shift();
    this.show(this.words.uploading, sent);
    const [since, from] = this.began[0];
    const rate = ((sent - from) * 1000) / Math.max(1, now - since);
    this.part("numbers").textContent = fill(this.words.numbers, {
      sent: bytes(sent),
      total: bytes(this.file.size),
      rate: bytes(rate),
      left: time((this.file.size - sent) / Math.max(1, rate)),
    });
  }

  /** Show a phase; what was sent is not yet stored, so the bar is full only at the end. */
  show(phase, sent, percent = Math.min(99, Math.floor((sent * 100) / Math.max(1, this.file.size)))) {
    this.part("progress").hidden = false;
    this.part("phase").textContent = phase;
    this.part("bar").value = percent;
    const step = SPOKEN.findLast((one) => one <= percent);
    if (step !== this.spoken || phase !== this.saidPhase) {
      const said = fill(this.words.percent, { percent: step });
      this.part("spoken").textContent = `${phase} · ${said}`;
    }
    this.spoken = step;
    this.saidPhase = phase;
  }

  lock(isLocked) {
    const fields = this.part("fields");
    for (const field of fields ? fields.querySelectorAll("input, select, textarea") : []) {
      field.disabled = isLocked;
    }
    this.part("start").hidden = isLocked;
    this.part("drop").hidden = isLocked;
    this.part("leave").hidden = isLocked;
    if (isLocked) this.part("cancel").focus();
  }

  complain(text) {
    const trouble = this.part("trouble");
    trouble.hidden = !text;
    trouble.textContent = text;
    if (text) trouble.focus();
  }
}

/** Call *take* with the files that are dropped anywhere on *place*. */
export function acceptDrops(place, take) {
  const isFile = (event) => event.dataTransfer?.types.includes("Files");
  place.addEventListener("dragover", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    place.classList.add("dropping");
  });
  place.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) place.classList.remove("dropping");
  });
  place.addEventListener("drop", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    place.classList.remove("dropping");
    take(event.dataTransfer.files);
  });
}

function post(address, body, token) {
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  return fetch(address, { method: "POST", body, headers, redirect: "manual" });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}

/** Return what a refusal says: one message, or the errors of fields with their labels. */
function sentences(told, form) {
  if (!told.errors) return told.message;
  return Object.entries(told.errors)
    .map(([name, errors]) => {
      const label = form.elements[name]?.labels?.[0]?.textContent;
      return label ? `${label}: ${errors.join(" ")}` : errors.join(" ");
    })
    .join(" ");
}

function fill(sentence, values) {
  return sentence.replace(/{(\w+)}/g, (_, name) => values[name]);
}

function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; count >= 1024 && unit < units.length - 1; unit += 1) count /= 1024;
  const number = new Intl.NumberFormat(document.documentElement.lang, {
    minimumFractionDigits: unit ? 1 : 0,
    maximumFractionDigits: unit ? 1 : 0,
  });
  return `${number.format(count)} ${units[unit]}`;
}

function time(seconds) {
  const whole = Math.ceil(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours, minutes, rest] = parts.map((part) => String(part).padStart(2, "0"));
  return hours === "00" ? `${minutes}:${rest}` : `${hours}:${minutes}:${rest}`;
}

const form = document.querySelector("form#upload");
if (form) form.upload = new Upload(form);
