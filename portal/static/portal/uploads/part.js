/* One stretch of a file on its way: pieces one after another, each confirmed before the next. */

import { Refusal, sentences, Tries } from "./line.js";

const FRUITLESS = 3; // tries that broke off without a byte confirmed: the piece may be too large
const SILENCE = 90_000; // milliseconds without a byte: the network is gone without a word
const STALL = 4_000; // milliseconds without a byte: not gone yet, but to be told
const SETTLED = 2_000; // milliseconds: bytes that still go then are not only in a buffer
const TOO_LARGE = 413;
const OFFSET_MISMATCH = 409;

export class Part {
  /** *blob* goes to *address*; *changed* is called whenever something moved. */
  constructor(blob, address, line, changed) {
    Object.assign(this, { blob, address, line, changed });
    this.confirmed = this.sent = 0;
    this.isDone = false;
    this.phase = "uploading"; // or "waiting" for the server, or "stalled" by it
    this.timers = [];
  }

  get size() {
    return this.blob.size;
  }

  /** Send what the server has not confirmed; throw a `Refusal`, or *signal*'s reason. */
  async send(signal) {
    const waits = (phase) => phase && this.become(phase);
    const tries = new Tries(this.line, { signal, waits, passing: [OFFSET_MISMATCH] });
    let fruitless = 0;
    while (!this.isDone) {
      const { confirmed } = this;
      const { piece } = this.line;
      const trouble = await this.attempt(piece, signal);
      if (!trouble) return;
      if (this.confirmed > confirmed) tries.begin();
      const answer = answerOf(trouble);
      const isTooLarge = answer?.status === TOO_LARGE && !answer.message;
      const isFruitless = !answer && this.isReached && this.confirmed === confirmed && navigator.onLine;
      fruitless = isFruitless ? fruitless + 1 : 0;
      if (isTooLarge || fruitless >= FRUITLESS) {
        fruitless = 0;
        if (this.line.shrink(Math.min(piece, this.size))) continue;
        if (isTooLarge) throw new Refusal({ status: TOO_LARGE });
      }
      if (!answer) await this.demandReadable();
      await tries.again(answer);
    }
  }

  /** Try once, in pieces of *piece* bytes; return the trouble that ended it, or nothing. */
  async attempt(piece, signal) {
    const client = await this.line.client().catch((trouble) => trouble);
    if (client instanceof Error) return client;
    this.isReached = false;
    const ends = new AbortController();
    const begin = performance.now();
    const trouble = await new Promise((resolve, reject) => {
      const stop = (settle, reason) => {
        upload.abort();
        settle(reason);
      };
      const silent = () => stop(resolve, new Error("Nothing moves."));
      const upload = new client.Upload(this.blob, {
        uploadUrl: this.address,
        headers: this.line.headers,
        chunkSize: piece,
        retryDelays: null,
        storeFingerprintForResuming: false,
        fingerprint: async () => null,
        onProgress: (sent) => {
          if (performance.now() - begin > SETTLED) this.become("uploading");
          this.note({ sent });
          this.watch(sent < this.size && silent);
        },
        onAfterResponse: (_, answer) => this.hear(answer),
        onSuccess: () => resolve(),
        onError: resolve,
      });
      signal.throwIfAborted();
      signal.addEventListener("abort", () => stop(reject, signal.reason), { signal: ends.signal });
      window.addEventListener("offline", silent, { signal: ends.signal });
      this.watch(silent);
      upload.start();
    }).finally(() => {
      ends.abort();
      this.watch(null);
    });
    this.isDone = !trouble;
    this.note({ sent: this.confirmed });
    return trouble;
  }

  /** Throw a `Refusal` if the file was changed or moved since it was chosen. */
  async demandReadable() {
    const ends = [this.blob.slice(0, 1), this.blob.slice(-1)].map((one) => one.arrayBuffer());
    await Promise.all(ends).catch(() => {
      throw Object.assign(new Refusal({}), { isUnreadable: true });
    });
  }

  /** Take from *answer* what the server has confirmed. */
  hear(answer) {
    const offset = Number.parseInt(answer.getHeader("Upload-Offset"), 10);
    if (answer.getStatus() >= 300 || Number.isNaN(offset)) return;
    this.isReached = true;
    if (offset > this.confirmed) this.become("uploading");
    this.note({ confirmed: offset, sent: offset });
  }

  /** Tell if nothing moves from now on, and in the end call *silent*; null: all of it is sent. */
  watch(silent) {
    for (const timer of this.timers) clearTimeout(timer);
    const stall = () => this.become("stalled");
    this.timers = silent ? [setTimeout(stall, STALL), setTimeout(silent, SILENCE)] : [];
  }

  become(phase) {
    if (phase === this.phase) return;
    this.phase = phase;
    this.changed();
  }

  note(counts) {
    Object.assign(this, counts);
    this.changed();
  }
}

/** Return {status, message, told} of what the server answered, null if it did not. */
function answerOf(trouble) {
  const answer = trouble.originalResponse;
  if (!answer) return null;
  return { status: answer.getStatus(), ...sentences(answer.getBody()) };
}
