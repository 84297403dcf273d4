/* The line to the server that all uploads of a tab share: its token, its pieces and its pauses. */

const LEAST_PIECE = 1 << 20; // bytes
const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds before the next try
const ANSWERED = 5; // seconds at most while the server answers, as it asks for
const PASSING = new Set([408, 423, 425, 429, 500, 502, 503, 504]);
const SIGNED_OUT = new Set([401, 403]);
const KEPT = "vitrine-piece"; // a smaller piece than usual, which some proxy asked for

/** What the server refused, and will refuse again. */
export class Refusal extends Error {
  constructor({ status = 0, message = "", told = message, isKept = false }) {
    super(message);
    Object.assign(this, { status, told, isKept });
  }
}

export class Line {
  /** *facts* are the addresses and sizes that the page gives. */
  constructor(facts) {
    this.facts = facts;
  }

  get headers() {
    const said = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
    return { ...said, "X-CSRFToken": this.facts.token };
  }

  get piece() {
    return Math.min(Number(this.facts.piece), Number(sessionStorage[KEPT] || Infinity));
  }

  /** Send smaller pieces than *piece* from now on; tell whether there are any. */
  shrink(piece) {
    if (this.piece < piece) return true;
    if (piece <= LEAST_PIECE) return false;
    sessionStorage[KEPT] = Math.max(LEAST_PIECE, Math.floor(piece / 2));
    return true;
  }

  /** Return the client that sends bytes, loaded when it is first needed. */
  client() {
    this.loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = this.facts.client;
      script.onload = () => resolve(window.tus);
      script.onerror = () => {
        this.loading = null;
        reject(new TypeError("The client cannot be loaded."));
      };
      document.head.append(script);
    });
    return this.loading;
  }

  /** Take the token of a fresh page: signing in again changes it. */
  async renew(signal) {
    const answer = await fetch(this.facts.home, { headers: { Accept: "text/html" }, signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("[data-tray]")?.dataset.token;
    if (token) this.facts.token = token;
  }

  /** Ask until there is an answer, and return it; throw a `Refusal` of what is not passing. */
  async ask(method, address, { headers = {}, signal, waits, passing = [] } = {}) {
    const tries = new Tries(this, { signal, waits, passing });
    for (;;) {
      const told = { ...this.headers, ...headers };
      const request = { method, headers: told, signal, redirect: "error", cache: "no-store" };
      const answer = await fetch(address, request).catch(() => null);
      if (answer?.ok) return answer;
      const said = answer && sentences(await answer.text().catch(() => ""));
      await tries.again(answer && { status: answer.status, ...said });
    }
  }
}

/** The tries of one thing, with growing pauses between them. */
export class Tries {
  /** *waits* is told "waiting" for an answer or "stalled" by one, then "" as it is tried again. */
  constructor(line, { signal, waits = () => {}, passing = [] } = {}) {
    Object.assign(this, { line, signal, waits, passing });
    this.begin();
  }

  /** Something moved: begin with the shortest pause again. */
  begin() {
    this.count = 0;
    this.isRenewed = false;
  }

  /** Return when it is time to try again after *answer*, null for none, or throw its refusal. */
  async again(answer) {
    this.signal?.throwIfAborted();
    const status = answer?.status ?? 0;
    if (SIGNED_OUT.has(status) && !this.isRenewed) {
      this.isRenewed = true;
      await this.line.renew(this.signal).catch(() => null);
      return;
    }
    if (status && !PASSING.has(status) && !this.passing.includes(status)) {
      throw new Refusal(answer);
    }
    this.waits(answer ? "stalled" : "waiting");
    const seconds = PAUSES[Math.min(this.count, PAUSES.length - 1)];
    this.count += 1;
    await pause(Math.min(seconds, answer ? ANSWERED : Infinity) * 1000, this.signal);
    this.waits("");
  }
}

/** Wait for *time* milliseconds, less when the network comes back; throw when *signal* says so. */
export function pause(time, signal) {
  return new Promise((resolve, reject) => {
    const ends = new AbortController();
    const end = (settle) => (event) => {
      clearTimeout(timer);
      ends.abort();
      settle(event);
    };
    const timer = setTimeout(end(resolve), time);
    window.addEventListener("online", end(resolve), { signal: ends.signal });
    const stop = end(() => reject(signal.reason));
    signal?.addEventListener("abort", stop, { signal: ends.signal });
  });
}

/** Return {message, told} of an answer of ours, the latter for people; nothing of a proxy's page. */
export function sentences(text) {
  try {
    const { message = "", told = message } = JSON.parse(text);
    return { message, told };
  } catch {
    return {};
  }
}
