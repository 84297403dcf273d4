/* One chosen file of the upload page: its name, format and expected checksum, until it is sent. */

import { detect } from "../formats.js";
import { fingerprint } from "./fingerprint.js";
import { bytes, fill, marked } from "./words.js";
import { told } from "./card.js";

const SUMS = { 32: "md5", 64: "sha256", 128: "sha512" };
const ENDING = /\.[a-z0-9]{2,5}$/i;
let made = 0;

export class Row {
  /** Lay a copy of *template* into *place*; *leave* is called when the row is taken away. */
  constructor(template, place, words, leave) {
    Object.assign(this, { words, leave, refused: "" });
    this.element = template.content.firstElementChild.cloneNode(true);
    made += 1;
    for (const name of ["id", "for", "aria-describedby"]) {
      for (const one of this.element.querySelectorAll(`[${name}]`)) {
        one.setAttribute(name, `${one.getAttribute(name)}-${made}`);
      }
    }
    this.part("remove").addEventListener("click", () => this.leave(this));
    this.part("checksum").addEventListener("input", () => this.recognize());
    place.append(this.element);
  }

  part(name) {
    return this.element.querySelector(`[data-part="${name}"]`);
  }

  field(name) {
    return this.element.querySelector(`[name="${name}"]`);
  }

  /** Take *file*, and fill in what it tells. */
  async take(file) {
    this.file = file;
    const shown = fill(this.words.chosen, { name: marked(file.name), size: bytes(file.size) });
    this.part("chosen").textContent = shown;
    this.element.setAttribute("aria-label", shown);
    if (this.field("name")) this.field("name").value = file.name.replace(ENDING, "");
    const { format, packed } = await detect(file);
    this.packed = packed;
    const note = this.part("detected");
    if (!note || !format) return;
    note.hidden = false;
    note.textContent = fill(this.words.detected, { format });
    this.field("disk_format").value = format;
  }

  /* The expected checksum */

  /** The checksum as it was pasted, also out of a line of a file of checksums. */
  get checksum() {
    return this.part("checksum").value.trim().split(/\s/)[0].toLowerCase();
  }

  get algorithm() {
    return /^[0-9a-f]*$/.test(this.checksum) ? SUMS[this.checksum.length] : undefined;
  }

  recognize() {
    const note = this.part("algorithm");
    note.hidden = !this.algorithm;
    note.textContent = this.algorithm ? fill(this.words.algorithm, { name: this.algorithm }) : "";
  }

  /* Being sent */

  /** Return why *file* would be refused anyway, where *room* bytes are left and *most* may be. */
  refusal({ room, most }) {
    const { words, file } = this;
    const size = bytes(file.size);
    if (!file.size) return words.empty;
    if (this.packed) return fill(words.packed, { format: this.packed });
    if (file.size > most) return fill(words.most, { most: bytes(most), size });
    if (file.size > room) return fill(words.room, { room: bytes(Math.max(0, room)), size });
    if (this.checksum && !this.algorithm) return words.nosum;
    const wanted = this.field("disk_format");
    if (wanted && !wanted.value) return words.noformat;
    return "";
  }

  async facts() {
    return { checksum: this.checksum, fingerprint: await fingerprint(this.file) };
  }

  /** Step aside while *transfer* moves; come back with what went wrong. */
  follow(transfer, { ended, left }) {
    this.element.hidden = true;
    transfer.addEventListener("change", () => {
      const { state, trouble, isEnded } = transfer;
      if (trouble?.isKept) this.complain(this.words.kept);
      if (!isEnded || !this.element.isConnected || this.isBack) return;
      if (state === "active") return this.leave(this);
      this.isBack = true;
      this.element.hidden = false;
      this.complain(trouble ? told(trouble, transfer, this.words) : left);
      ended(transfer);
    });
    this.isBack = false;
  }

  get isReady() {
    return !this.element.hidden;
  }

  complain(text) {
    const trouble = this.part("trouble");
    trouble.hidden = !text;
    trouble.textContent = text;
  }

  /** Say what the form's *errors* are, each with the label of its field. */
  complainOf(errors) {
    const sentences = Object.entries(errors).map(([name, all]) => {
      const label = this.field(name)?.labels?.[0]?.textContent;
      return label ? `${label.trim()}: ${all.join(" ")}` : all.join(" ");
    });
    this.complain(sentences.join(" "));
  }
}
