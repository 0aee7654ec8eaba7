// The frames of a series, one after the other, and the few of them that are kept in memory.
const MOST_BYTES = 192 * 1024 * 1024;
const AHEAD = 4;
const AT_ONCE = 4;

// What a study.json says of a series, as a list of frames in the order in which they are looked through.
export const framesOf = (series) => series.instances.flatMap((instance) => {
  const look = { ...series.look, ...instance.look };
  if (!instance.url) return [];
  return Array.from({ length: instance.frames }, (_none, n) => ({
    instance: instance.key, number: n + 1, url: `${instance.url}${n + 1}/`, bytes: instance.frame_bytes, look,
  }));
});

export const problemsOf = (series) => series.instances.filter((each) => each.problem);

// Fetched frames, the one used last kept longest.
class Kept {
  constructor() {
    this.found = new Map(); // address -> { coming, bytes }
    this.bytes = 0;
    this.waiting = [];
    this.running = 0;
  }

  // What somebody looks for goes before what may be looked at next.
  fetch(frame, { first = true } = {}) {
    const there = this.found.get(frame.url);
    if (there) {
      this.found.delete(frame.url);
      this.found.set(frame.url, there);
      if (first) this.prefer(frame);
      return there.coming;
    }
    const entry = { bytes: 0 };
    entry.coming = new Promise((done, fail) => {
      this.waiting[first ? "unshift" : "push"]({ frame, entry, done, fail, isAhead: false });
    });
    entry.coming.catch(() => this.found.get(frame.url) === entry && this.found.delete(frame.url));
    this.found.set(frame.url, entry);
    this.next();
    return entry.coming;
  }

  prefer(frame) {
    const index = this.waiting.findIndex((job) => job.frame.url === frame.url);
    if (index < 0) return;
    const [job] = this.waiting.splice(index, 1);
    job.isAhead = false;
    this.waiting.unshift(job);
  }

  next() {
    while (this.running < AT_ONCE && this.waiting.length) {
      const { frame, entry, done, fail } = this.waiting.shift();
      this.running += 1;
      this.load(frame, entry).then(done, fail).finally(() => {
        this.running -= 1;
        this.next();
      });
    }
  }

  async load(frame, entry) {
    const answer = await fetch(frame.url);
    if (!answer.ok) throw new Error(String(answer.status));
    const buffer = await answer.arrayBuffer();
    if (buffer.byteLength !== frame.bytes) throw new Error("cut off");
    entry.bytes = buffer.byteLength;
    this.bytes += entry.bytes;
    this.trim(entry);
    return buffer;
  }

  // What just came stays, however large.
  trim(newest) {
    for (const [url, entry] of this.found) {
      if (this.bytes <= MOST_BYTES) return;
      if (!entry.bytes || entry === newest) continue;
      this.found.delete(url);
      this.bytes -= entry.bytes;
    }
  }

  // Those that come next in the direction one is going, as many as there is room for; those of an earlier direction need not come any more.
  ahead(frames, index, way) {
    const [old, rest] = [this.waiting.filter((job) => job.isAhead), this.waiting.filter((job) => !job.isAhead)];
    this.waiting = rest;
    for (const job of old) job.fail(new Error("not wanted"));
    for (const job of old) if (this.found.get(job.frame.url) === job.entry) this.found.delete(job.frame.url);
    let room = MOST_BYTES - frames[index].bytes;
    for (let n = 1; n <= AHEAD; n += 1) {
      const frame = frames[index + n * way];
      room -= frame?.bytes ?? 0;
      if (!frame || room < 0) return;
      if (this.found.has(frame.url)) continue;
      this.fetch(frame, { first: false }).catch(() => {});
      const job = this.waiting.find((each) => each.frame.url === frame.url);
      if (job) job.isAhead = true;
    }
  }
}

export const kept = new Kept();
