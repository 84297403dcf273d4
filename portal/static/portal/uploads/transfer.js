/* One file on its way into one image: how it is sent, stopped, and goes on. */

import { Refusal, pause } from "./line.js";
import { Part } from "./part.js";
import { Rate } from "./rate.js";
import { Server } from "./server.js";

const PARTS = 4;
const MOVING = ["uploading", "stalled", "waiting"]; // phases of parts: the first that one has
const ENDED = new Set(["active", "failed", "cancelled"]);
const MISSING = 404;
const KEEPING = new Set([401, 403, MISSING]); // refusals after which what was sent is still there
const GONE = 410;
const TAKEN = 409;
const LOOK = 1000; // milliseconds between two looks at an image that is being finished

export class Transfer extends EventTarget {
  /**
   * *facts*: the `image`'s id, its `name` and `address`, the `fingerprint`; of new ones the `store`,
   * the expected `checksum` and whether the record is `isNew`; of others what was `begun`.
   */
  constructor(file, facts, line) {
    super();
    Object.assign(this, { file, facts, line });
    this.server = new Server(line, facts.image);
    this.rate = new Rate();
    this.parts = [];
    this.state = "turn";
    this.trouble = null;
  }

  /* What can be seen of it */

  get confirmed() {
    return this.parts.reduce((sum, part) => sum + part.confirmed, 0);
  }

  get sent() {
    return this.parts.reduce((sum, part) => sum + part.sent, 0);
  }

  get isEnded() {
    return ENDED.has(this.state);
  }

  /** turn, uploading, waiting, stalled, verifying, paused, or how it ended. */
  get phase() {
    if (this.state !== "moving" || !this.parts.length) {
      return this.state === "moving" ? "uploading" : this.state;
    }
    if (this.sent === this.file.size) return "verifying";
    const phases = new Set(this.parts.filter((part) => !part.isDone).map((part) => part.phase));
    return MOVING.find((phase) => phases.has(phase));
  }

  /** What is confirmed in percent; all of it only when the image is active. */
  get percent() {
    if (this.state === "active") return 100;
    return Math.min(99, Math.floor((this.confirmed * 100) / Math.max(1, this.file.size)));
  }

  /** Would the tab take bytes along that are under way? */
  get isInFlight() {
    return this.phase === "uploading";
  }

  changed() {
    this.rate.note(this.sent);
    this.dispatchEvent(new Event("change"));
  }

  become(state, trouble = null) {
    Object.assign(this, { state, trouble });
    this.changed();
  }

  /* What can be done */

  get isGoing() {
    return Boolean(this.stopper && !this.stopper.signal.aborted);
  }

  /** Send what is missing; return when it is all there, stopped, or refused. */
  go() {
    if (this.isEnded || this.isGoing) return this.going;
    this.stopper = new AbortController();
    this.rate.forget();
    this.become("moving");
    this.going = this.run(this.stopper, this.going);
    return this.going;
  }

  async run(stopper, before) {
    await before;
    const { signal } = stopper;
    try {
      await alone(this.facts.image, () => this.move(signal));
      this.become("active");
    } catch (trouble) {
      const isStopped = signal.aborted;
      stopper.abort(); // of the other parts
      if (!isStopped) await this.give(trouble);
    }
  }

  /** Stop for now; what the server confirmed stays there. */
  rest() {
    if (this.isEnded) return;
    this.stopper?.abort();
    this.become("paused");
  }

  /** Stop for good; remove what was sent, and the record if it was made for it. */
  async cancel() {
    if (this.isEnded) return;
    this.stopper?.abort();
    if (this.trouble?.isElsewhere) return this.become("cancelled", this.trouble); // it is theirs
    this.become("cancelled");
    if (!(await this.undo())) this.become("cancelled", new Refusal({ isKept: true }));
  }

  /** Remove what was sent; tell whether it is gone. */
  async undo() {
    const begun = await this.server.begun().catch(() => null);
    const addresses = new Set(this.parts.map((part) => part.address));
    const known = begun ?? this.facts.begun;
    for (const address of known ? (known.parts ? known.parts_urls : [known.url]) : []) {
      addresses.add(new URL(address, location.href).pathname);
    }
    const gone = [];
    for (const address of addresses) gone.push(await this.server.remove(address));
    if (this.facts.isNew) await this.server.forget();
    return gone.every(Boolean);
  }

  /* How it goes */

  async move(signal) {
    signal.throwIfAborted();
    if (!this.parts.length) await this.open(signal);
    await Promise.all(this.parts.filter((part) => !part.isDone).map((part) => part.send(signal)));
    this.changed();
    if (this.parts.length > 1) await this.join(signal);
    await this.settle(signal);
  }

  /** Find the parts that were begun, and open those that are not. */
  async open(signal) {
    const asked = { signal, waits: (phase) => this.become(phase || "moving") };
    if (this.facts.begun) await this.adopt(this.facts.begun, asked);
    const { fingerprint, store, checksum } = this.facts;
    const { size } = this.file;
    const told = { filename: this.file.name.slice(0, 255), fingerprint, store, checksum };
    for (const [start, end] of this.missing()) {
      const isPart = start > 0 || end < size;
      const stretch = { start, length: end - start, isPart, told: isPart ? { ...told, size } : told };
      try {
        this.add(start, end, await this.server.open(stretch, asked));
      } catch (refusal) {
        const begun = refusal.status === TAKEN && !start && (await this.server.begun(asked));
        if (!begun) throw refusal;
        this.facts.begun = begun; // the answer to an earlier try was lost
        return this.open(signal);
      }
    }
  }

  async adopt(begun, asked) {
    let start = 0;
    for (const { address, length, offset } of await this.server.parts(begun, asked)) {
      const part = this.add(start, start + length, address);
      Object.assign(part, { confirmed: offset, sent: offset });
      start += length;
    }
  }

  /** Return the stretches of the file for which there is no part. */
  missing() {
    const { size } = this.file;
    const covered = this.parts.reduce((sum, part) => sum + part.size, 0);
    if (covered) return covered < size ? [[covered, size]] : [];
    const count = size >= Number(this.line.facts.partsFrom) ? PARTS : 1;
    const length = Math.ceil(size / count);
    return [...Array(count).keys()].map((at) => [at * length, Math.min(size, (at + 1) * length)]);
  }

  add(start, end, address) {
    const part = new Part(this.file.slice(start, end), address, this.line, () => this.changed());
    this.parts.push(part);
    return part;
  }

  async join(signal) {
    const { checksum } = this.facts;
    await this.server.join(this.parts, { checksum, signal }).catch(unlessDone);
  }

  /** Return when the image is active: whoever sent the last byte may have missed the answer. */
  async settle(signal) {
    for (;;) {
      const status = await this.server.status({ signal });
      if (status === "active") return;
      if (status !== "saving") throw new Refusal({ status: GONE });
      await pause(LOOK, signal);
    }
  }

  /** End by *trouble*, or rest if what was sent is still there. */
  async give(trouble) {
    const status = await this.server.status().catch(() => "");
    if (status === "active" && this.sent === this.file.size) return this.become("active");
    const refusal = refusalOf(trouble, status);
    const isKept = KEEPING.has(refusal.status) || refusal.isElsewhere || refusal.isUnreadable;
    if (isKept) return this.become("paused", refusal);
    this.become("failed", refusal);
    await this.undo();
  }
}

/** Return the refusal in *trouble*; the upload of an image that waits for data is not out of sight. */
function refusalOf(trouble, status) {
  if (!(trouble instanceof Refusal)) return new Refusal({ message: String(trouble) });
  return trouble.status === MISSING && status === "queued" ? new Refusal({ status: GONE }) : trouble;
}

/** Do *act* while no other tab sends to *image*; throw a `Refusal` if one does. */
function alone(image, act) {
  if (!navigator.locks) return act(); // then the server alone says who may
  return navigator.locks.request(lockOf(image), { ifAvailable: true }, (lock) => {
    if (lock) return act();
    throw Object.assign(new Refusal({}), { isElsewhere: true });
  });
}

/** Return the name of what a tab holds while it sends to *image*. */
export function lockOf(image) {
  return `vitrine-upload-${image}`;
}

/** A lost answer of the joining is found out by the image's status. */
function unlessDone(trouble) {
  if (!(trouble instanceof Refusal) || ![MISSING, GONE].includes(trouble.status)) throw trouble;
}
