/* The upload page: files are chosen or dropped, each in a row of its own, and sent by one button. */

const REFUSED = 403; // perhaps only the token, which signing in again changes
const TO_SIGN_IN = "opaqueredirect";

class UploadPage {
  constructor(form) {
    Object.assign(this, { form, rows: [], sent: new Set() });
    this.tray = document.querySelector("[data-tray]").tray;
    this.words = this.tray.words;
    for (const plain of form.querySelectorAll("[data-no-script]")) plain.remove();
    for (const name of ["drop", "start"]) this.part(name).hidden = false;
    form.noValidate = true;
    form.addEventListener("submit", (event) => this.submit(event));
    form.addEventListener("vitrine:files", (event) => this.choose(event.detail));
    this.part("file").addEventListener("change", ({ target }) => {
      this.choose([...target.files]);
      target.value = "";
    });
    this.tray.draw();
  }

  part(name) {
    return this.form.querySelector(`[data-part="${name}"]`);
  }

  /* Files */

  async choose(files) {
    this.complain("");
    if (this.form.dataset.image && files.length + this.rows.length > 1) {
      return this.complain(this.words.many);
    }
    const { Row } = await import("./uploads/row.js");
    const template = this.form.querySelector("[data-row]");
    for (const file of files) {
      const row = new Row(template, this.part("rows"), this.words, (one) => this.leave(one));
      this.rows.push(row);
      await row.take(file);
    }
    this.refuse();
  }

  /** Take *row* away; the last one that was sent leads to its image. */
  leave(row) {
    const hadFocus = row.element.contains(document.activeElement);
    this.rows = this.rows.filter((one) => one !== row);
    row.element.remove();
    if (hadFocus) this.part("file").focus();
    this.refuse();
  }

  /** Say of each file why it would be refused, before a byte moves; tell whether one would. */
  refuse() {
    const { room, most } = this.form.dataset;
    let left = room === "" ? Infinity : Number(room);
    for (const row of this.rows.filter((one) => one.isReady)) {
      const refused = row.refusal({ room: left, most: most ? Number(most) : Infinity });
      if (refused !== row.refused) row.complain(refused); // else what the server said stays
      row.refused = refused;
      left -= row.file.size;
    }
    return this.rows.some((row) => row.isReady && row.refused);
  }

  /* One button for all */

  async submit(event) {
    event.preventDefault();
    const ready = this.rows.filter((row) => row.isReady);
    if (!ready.length) return this.complain(this.words.nofile);
    this.complain("");
    if (this.refuse()) return this.showTrouble();
    this.part("start").disabled = true;
    try {
      for (const row of ready) await this.send(row);
    } finally {
      this.part("start").disabled = false;
    }
    await this.tray.picture();
    this.showTrouble();
  }

  async send(row) {
    row.complain("");
    const record = await this.record(row);
    if (!record) return;
    const { fingerprint, ...facts } = await row.facts();
    const origin = this.form.dataset.image ? "old" : "new";
    const store = this.form.elements.store?.value ?? this.form.dataset.store;
    const known = { ...record, ...facts, store, isNew: origin === "new" };
    known.fingerprint = `${origin} ${fingerprint}`;
    const transfer = await this.tray.send(row.file, known);
    this.sent.add(row.file);
    row.follow(transfer, {
      left: known.isNew ? this.words.cancelled : this.words.left,
      ended: (ended) => this.tray.drop(ended),
    });
    transfer.addEventListener("change", () => this.arrive(transfer));
  }

  /** Return {image, name, address}: of the page's own image, or of a record that is made now. */
  async record(row) {
    const { image, name, address } = this.form.dataset;
    if (image) return { image, name, address };
    let answer = await this.ask(row);
    if (answer?.status === REFUSED) {
      const { Line } = await this.tray.tools();
      await new Line(this.tray.facts).renew().catch(() => null);
      answer = await this.ask(row);
    }
    const told = await answer?.json().catch(() => null);
    if (answer?.status === 201) return { ...told, name: row.field("name").value };
    const { signedout, broken } = this.words;
    if (told?.errors) row.complainOf(told.errors);
    else row.complain(told?.message ?? (answer?.type === TO_SIGN_IN ? signedout : broken));
    return null;
  }

  /** Ask for a record by what stands in the form and in *row*; return the answer, if one comes. */
  ask(row) {
    const body = new URLSearchParams(new FormData(this.form));
    body.delete("csrfmiddlewaretoken"); // it is as old as the page
    for (const field of ["name", "disk_format"]) body.set(field, row.field(field).value);
    const headers = { Accept: "application/json", "X-CSRFToken": this.tray.facts.token };
    const request = { method: "POST", body, headers, redirect: "manual" };
    return fetch(this.form.action, request).catch(() => null);
  }

  /** One file alone leads to its image; several are shown where they are. */
  arrive(transfer) {
    if (transfer.state !== "active" || !this.form.isConnected) return;
    if (this.sent.size > 1 || this.rows.length) return;
    this.tray.drop(transfer);
    this.tray.visit(transfer.facts.address);
  }

  /** Bring what went wrong to the reader, else what moves. */
  showTrouble() {
    const trouble = this.form.querySelector('[data-part="trouble"]:not([hidden])');
    (trouble ?? this.form.querySelector("[data-cards]")).focus();
  }

  complain(text) {
    const trouble = this.part("complaint");
    trouble.hidden = !text;
    trouble.textContent = text;
    if (text) trouble.focus();
  }
}

/** Begin with the page that is shown. */
export function begin() {
  const form = document.querySelector("form#upload");
  if (form && !form.page) form.page = new UploadPage(form);
}

begin();
