/* How fast bytes go: the mean of the last ten seconds. */

const WINDOW = 10_000; // milliseconds

export class Rate {
  constructor() {
    this.points = [];
  }

  /** Note that *count* bytes are gone in all; a smaller count than before begins anew. */
  note(count, now = performance.now()) {
    const last = this.points.at(-1);
    if (last && count < last[1]) this.points = [];
    this.points.push([now, count]);
    while (this.points.length > 2 && now - this.points[0][0] > WINDOW) this.points.shift();
  }

  /** Bytes a second. */
  get value() {
    if (this.points.length < 2) return 0;
    const [since, from] = this.points[0];
    const [now, count] = this.points.at(-1);
    return ((count - from) * 1000) / Math.max(1, now - since);
  }

  forget() {
    this.points = [];
  }
}
