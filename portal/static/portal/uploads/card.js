/* What the tray and the upload page show of one upload: where it stands, and what can be done. */

import { bytes, duration, fill, marked, moment } from "./words.js";

const MISSING = 404;

export class Card {
  /** Fill a copy of *template* into *place*. */
  constructor(template, place) {
    this.element = template.content.firstElementChild.cloneNode(true);
    this.element.addEventListener("click", (event) => this.press(event));
    this.part("again").addEventListener("change", (event) => {
      this.acts.again?.(event.target.files[0]);
      event.target.value = "";
    });
    place.append(this.element);
  }

  part(name) {
    return this.element.querySelector(`[data-part="${name}"]`);
  }

  press(event) {
    const act = event.target.closest("button[data-act]")?.dataset.act;
    if (act) this.acts[act]?.();
  }

  /** Show *view*: {name, address, phase, percent, numbers, trouble, acts}. */
  show({ name, address, phase, percent, numbers = "", trouble = "", acts }) {
    this.acts = acts;
    put(this.part("name"), marked(name));
    this.part("name").href = address;
    put(this.part("phase"), phase);
    this.part("bar").value = percent;
    this.part("bar").setAttribute("aria-label", marked(name));
    put(this.part("numbers"), numbers);
    put(this.part("trouble"), trouble);
    for (const control of this.element.querySelectorAll("[data-act]")) {
      const isOff = !(control.dataset.act in acts);
      if (isOff && control === document.activeElement) this.part("name").focus();
      control.hidden = isOff;
    }
  }

  remove() {
    const hadFocus = this.element.contains(document.activeElement);
    const next = this.element.nextElementSibling ?? this.element.previousElementSibling;
    this.element.remove();
    if (hadFocus) (next?.querySelector("a") ?? document.querySelector("main")).focus();
  }
}

/** Return what a card shows of a transfer of this tab. */
export function transferView(transfer, words, acts) {
  const { phase, percent, facts, file, trouble } = transfer;
  const rate = transfer.rate.value;
  const total = bytes(file.size);
  const confirmed = bytes(transfer.confirmed);
  const left = rate ? duration((file.size - transfer.sent) / rate) : "–";
  const counted = { sent: confirmed, total, rate: bytes(rate), left };
  const isRunning = phase === "uploading" && rate > 0;
  return {
    name: facts.name,
    address: facts.address,
    phase: phaseWords(transfer, words),
    percent,
    numbers: fill(isRunning ? words.numbers : words.amount, counted),
    trouble: trouble ? told(trouble, transfer, words) : "",
    acts,
  };
}

/** Return in which phase *transfer* is, or how it ended. */
export function phaseWords({ phase, facts }, words) {
  return phase === "cancelled" && !facts.isNew ? words.left : words[phase];
}

/** Return what a card shows of an upload that the server keeps, and nobody here sends. */
export function unfinishedView(upload, words, { acts, isElsewhere, trouble }) {
  const counted = { sent: bytes(upload.offset), total: bytes(upload.size) };
  const again = fill(words.again, { file: marked(upload.filename), time: moment(upload.expires_at) });
  return {
    name: upload.name || upload.filename,
    address: upload.image_url,
    phase: isElsewhere ? words.elsewhere : again,
    percent: Math.min(99, Math.floor((upload.offset * 100) / Math.max(1, upload.size))),
    numbers: fill(words.amount, counted),
    trouble,
    acts: isElsewhere ? {} : acts,
  };
}

/** Return what *refusal* means for *transfer*, in whole sentences. */
export function told(refusal, transfer, words) {
  if (refusal.isElsewhere) return words.elsewhere;
  if (refusal.isKept) return words.kept;
  if (refusal.isUnreadable) return words.unreadable;
  const { checksum } = transfer.facts;
  const hex = refusal.message.toLowerCase().match(/\b[0-9a-f]{32,128}\b/g) ?? [];
  if (checksum && hex.includes(checksum)) {
    const received = hex.find((one) => one !== checksum && one.length === checksum.length);
    return fill(words.checksum, { expected: checksum, received: received ?? "?" });
  }
  if (refusal.status === MISSING) return words.missing;
  if (refusal.message) return fill(words.refused, { message: refusal.told });
  const sentences = { 401: words.signin, 403: words.signin, 410: words.gone };
  return sentences[refusal.status] ?? (refusal.status === 413 ? words.proxy : words.broken);
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = !text;
}
