/* The tray of every page: what moves in this tab, and what is unfinished of other tabs and days. */

const BUSY = 2_000; // milliseconds between two looks while something moves elsewhere
const QUIET = 30_000;
const DRAWN = 100; // milliseconds between two pictures of what moves
const AT_ONCE = 2;
const ORIGIN = /^(new|old) (\S+)$/; // whether the record was made for the file, and its fingerprint
const SPOKEN = [0, 25, 50, 75, 100];
const COUNTED = new Set(["uploading", "verifying", "active"]); // phases that are told with a percent

class Tray {
  constructor(box) {
    Object.assign(this, { box, facts: box.dataset, transfers: new Set(), cards: new Map() });
    this.words = box.querySelector("[data-words]").dataset;
    this.unfinished = [];
    this.troubles = new Map();
    this.said = new Map();
    box.tray = this;
    box.querySelector("details").addEventListener("toggle", () => this.look());
    document.addEventListener("visibilitychange", () => this.look());
    window.addEventListener("beforeunload", (event) => this.asks && event.preventDefault());
    this.look();
  }

  part(name) {
    return this.box.querySelector(`[data-part="${name}"]`);
  }

  /** Return the modules that only a tab with uploads needs. */
  tools() {
    const names = ["card", "fingerprint", "line", "passage", "transfer", "words"];
    this.loading ??= Promise.all(names.map((name) => import(`./uploads/${name}.js`)))
      .then((modules) => Object.assign({}, ...modules))
      .catch((trouble) => {
        this.loading = null;
        throw trouble;
      });
    return this.loading;
  }

  /** Would leaving now lose bytes that are under way? */
  get asks() {
    const isFileComing = performance.now() - (this.fileCame ?? -Infinity) < 1000;
    return !isFileComing && [...this.transfers].some((transfer) => transfer.isInFlight);
  }

  get isNeeded() {
    return [...this.transfers].some((transfer) => !transfer.isEnded);
  }

  /* What this tab sends */

  /** Send *file* by *facts* when its turn comes; return its transfer. */
  async send(file, facts) {
    const { Line, Transfer } = await this.tools();
    this.line ??= new Line(this.facts);
    const transfer = new Transfer(file, facts, this.line);
    transfer.addEventListener("change", () => this.changed(transfer));
    this.transfers.add(transfer);
    await this.takeOver();
    this.changed(transfer);
    this.next();
    return transfer;
  }

  /** Let those go whose turn it is. */
  next() {
    const all = [...this.transfers];
    const moving = all.filter((transfer) => transfer.isGoing && !transfer.isEnded).length;
    const turns = all.filter((transfer) => transfer.state === "turn");
    for (const transfer of turns.slice(0, Math.max(0, AT_ONCE - moving))) {
      transfer.go().finally(() => this.next());
    }
  }

  changed(transfer) {
    this.announce(transfer);
    if (transfer.isEnded) this.unfinished = this.unfinished.filter((one) => !isOf(one, transfer));
    if (transfer.state === "cancelled") this.drop(transfer);
    if (transfer.state === "paused") this.next();
    this.draw();
  }

  drop(transfer) {
    this.transfers.delete(transfer);
    this.said.delete(transfer);
    this.draw();
    this.next();
  }

  actsOf(transfer) {
    const cancel = () => transfer.cancel();
    if (transfer.isEnded) return { dismiss: () => this.drop(transfer) };
    if (transfer.phase === "verifying") return {};
    if (transfer.trouble?.isUnreadable) return { again: (file) => this.take(file, transfer), cancel };
    if (transfer.phase === "paused") return { resume: () => transfer.go(), cancel };
    return transfer.phase === "turn" ? { cancel } : { pause: () => transfer.rest(), cancel };
  }

  /** Go on with *file* in place of the one of *transfer*, which is not there any more. */
  async take(file, transfer) {
    this.drop(transfer);
    await this.ask();
    const upload = this.unfinished.find((one) => isOf(one, transfer));
    if (upload) await this.goOn(upload, file);
  }

  /* Other pages */

  /** From now on links lead to other pages without stopping what moves. */
  async takeOver() {
    const { Passage } = await this.tools();
    this.passage ??= new Passage({
      isNeeded: () => this.isNeeded,
      shown: () => this.draw(),
      failed: () => this.say(this.words.unreached),
      fileComes: () => (this.fileCame = performance.now()),
    });
  }

  /** Show the page of *address* here. */
  async visit(address) {
    await this.takeOver();
    await this.passage.go(new URL(address, location.href).href);
  }

  /* What others sent, and this person another day */

  async look() {
    clearTimeout(this.looking);
    if (!document.hidden) await this.ask();
    clearTimeout(this.looking);
    const isBusy = this.unfinished.some((upload) => upload.isElsewhere);
    this.looking = setTimeout(() => this.look(), isBusy ? BUSY : QUIET);
  }

  async ask() {
    const headers = { Accept: "application/json" };
    const answer = await fetch(this.facts.uploads, { headers }).catch(() => null);
    if (!answer?.ok) return;
    const before = new Map(this.unfinished.map((upload) => [upload.id, upload.offset]));
    const { uploads } = await answer.json();
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    const locks = new Set(held.map((lock) => lock.name));
    for (const upload of uploads) {
      const hasMoved = before.has(upload.id) && before.get(upload.id) < upload.offset;
      upload.isElsewhere = hasMoved || locks.has(`vitrine-upload-${upload.image}`);
    }
    this.unfinished = uploads;
    this.draw();
  }

  /** Would anybody see cards: those of this tab's uploads, or of any in an open tray? */
  get isSeen() {
    return this.transfers.size > 0 || this.box.querySelector("details").open;
  }

  /** The unfinished ones that this tab does not send. */
  get others() {
    const own = new Set([...this.transfers].map((transfer) => transfer.facts.image));
    return this.unfinished.filter((upload) => !own.has(upload.image));
  }

  actsOfOther(upload) {
    return {
      again: (file) => file && this.goOn(upload, file),
      cancel: () => this.cancelOther(upload),
    };
  }

  /** Go on with *upload* if *file* is the one with which it was begun. */
  async goOn(upload, file) {
    const { fingerprint, fill, bytes } = await this.tools();
    const [, origin, begun] = ORIGIN.exec(upload.fingerprint) ?? [];
    const isSame = begun ? begun === (await fingerprint(file)) : file.size === upload.size;
    if (!isSame) {
      const facts = { file: file.name, begun: upload.filename, size: bytes(upload.size) };
      const trouble = fill(this.words.wrong, facts);
      this.troubles.set(upload.id, trouble);
      this.say(trouble);
      return this.draw();
    }
    this.troubles.delete(upload.id);
    await this.send(file, this.factsOf(upload, origin === "new"));
  }

  factsOf(upload, isNew) {
    const { image, image_url: address, filename, name = filename } = upload;
    return { image, address, name, isNew, begun: upload };
  }

  async cancelOther(upload) {
    const { Line, Transfer } = await this.tools();
    this.line ??= new Line(this.facts);
    this.unfinished = this.unfinished.filter((one) => one !== upload);
    this.draw();
    const isNew = ORIGIN.exec(upload.fingerprint)?.[1] === "new";
    const transfer = new Transfer(new File([], ""), this.factsOf(upload, isNew), this.line);
    await transfer.cancel();
    if (transfer.trouble) this.keep(upload);
    else this.say(this.words.cancelled);
    this.look();
  }

  /** Show *upload* again, which could not be cancelled. */
  keep(upload) {
    this.unfinished = [...this.unfinished, upload];
    this.troubles.set(upload.id, this.words.kept);
    this.say(this.words.kept);
    this.draw();
  }

  /* What is shown and said */

  draw() {
    this.drawing ??= setTimeout(() => this.picture(), DRAWN);
  }

  async picture() {
    this.drawing = null;
    const shown = this.transfers.size + this.others.length;
    const open = [...this.transfers].filter((transfer) => !transfer.isEnded);
    this.part("empty").hidden = shown > 0;
    this.part("count").hidden = !(open.length + this.others.length);
    this.part("count").firstChild.data = open.length + this.others.length;
    if (!this.cards.size && !(shown && this.isSeen)) return;
    const { transferView, unfinishedView } = await this.tools();
    const own = [...this.transfers].map((transfer) => [
      transfer.facts.image,
      transferView(transfer, this.words, this.actsOf(transfer)),
    ]);
    const others = this.others.map((upload) => {
      const { isElsewhere } = upload;
      const trouble = this.troubles.get(upload.id);
      const view = { isElsewhere, trouble, acts: this.actsOfOther(upload) };
      return [upload.image, unfinishedView(upload, this.words, view)];
    });
    for (const place of document.querySelectorAll("[data-cards]")) {
      await this.lay(place, place.dataset.cards === "own" ? own : [...own, ...others]);
    }
  }

  /** Lay a card for each of *views* into *place*, and take away the others. */
  async lay(place, views) {
    const { Card } = await this.tools();
    const cards = this.cards.get(place) ?? new Map();
    this.cards.set(place, cards);
    for (const [key, view] of views) {
      if (!cards.has(key)) cards.set(key, new Card(this.box.querySelector("[data-card]"), place));
      cards.get(key).show(view);
    }
    const keys = new Set(views.map(([key]) => key));
    for (const [key, card] of cards) {
      if (keys.has(key)) continue;
      card.remove();
      cards.delete(key);
    }
    place.hidden = !views.length;
  }

  /** Say where *transfer* stands when its phase changes, or it passes a quarter. */
  announce(transfer) {
    const { phase } = transfer;
    const percent = SPOKEN.findLast((one) => one <= transfer.percent);
    if (this.said.get(transfer) === `${phase} ${percent}`) return;
    this.said.set(transfer, `${phase} ${percent}`);
    this.tell(transfer, percent);
  }

  async tell(transfer, percent) {
    const { fill, phaseWords, told } = await this.tools();
    const { facts, trouble } = transfer;
    const phase = trouble ? told(trouble, transfer, this.words) : phaseWords(transfer, this.words);
    const isCounted = COUNTED.has(transfer.phase) && !trouble;
    const sentence = isCounted ? this.words.counted : this.words.told;
    this.say(fill(sentence, { name: facts.name, phase, percent }));
  }

  say(text) {
    this.part("spoken").textContent = text;
  }
}

function isOf(upload, transfer) {
  return upload.image === transfer.facts.image;
}

const box = document.querySelector("[data-tray]");
if (box) new Tray(box);

// Files that are dropped on a list go to the page that takes them.
document.addEventListener("vitrine:files", async ({ target, detail }) => {
  if (!box || !target.dataset.dropTo) return;
  await box.tray.visit(target.dataset.dropTo);
  document.querySelector("form#upload")?.page?.choose(detail);
});
