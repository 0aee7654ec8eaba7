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
    this.found = new Map();
    this.bytes = 0;
    this.waiting = [];
    this.running = 0;
  }

  get(frame) {
    const there = this.found.get(frame.url);
    if (!there) return null;
    this.found.delete(frame.url);
    this.found.set(frame.url, there);
    return there;
  }

  // What somebody looks for goes before what may be looked at next.
  fetch(frame, { first = true } = {}) {
    const there = this.get(frame);
    if (there) {
      const index = this.waiting.findIndex((job) => job.frame.url === frame.url);
      if (first && index > 0) this.waiting.unshift(...this.waiting.splice(index, 1));
      return there;
    }
    const coming = new Promise((done, fail) => {
      this.waiting[first ? "unshift" : "push"]({ frame, done, fail });
    });
    coming.catch(() => this.found.delete(frame.url));
    this.found.set(frame.url, coming);
    this.next();
    return coming;
  }

  next() {
    while (this.running < AT_ONCE && this.waiting.length) {
      const { frame, done, fail } = this.waiting.shift();
      this.running += 1;
      this.load(frame).then(done, fail).finally(() => {
        this.running -= 1;
        this.next();
      });
    }
  }

  async load(frame) {
    const answer = await fetch(frame.url);
    if (!answer.ok) throw new Error(String(answer.status));
    const buffer = await answer.arrayBuffer();
    if (buffer.byteLength !== frame.bytes) throw new Error("cut off");
    this.bytes += buffer.byteLength;
    this.trim();
    return buffer;
  }

  trim() {
    for (const [url, coming] of this.found) {
      if (this.bytes <= MOST_BYTES || this.found.size < 2 * AHEAD) return;
      this.found.delete(url);
      coming.then((buffer) => { this.bytes -= buffer.byteLength; }, () => {});
    }
  }

  // Those that come next in the direction one is going.
  ahead(frames, index, way) {
    this.waiting = this.waiting.filter((job) => {
      if (job.isWanted !== false) return true;
      job.fail(new Error("not wanted"));
      return false;
    });
    for (let n = 1; n <= AHEAD; n += 1) {
      const frame = frames[index + n * way];
      if (frame && !this.found.has(frame.url)) {
        this.fetch(frame, { first: false }).catch(() => {});
        const job = this.waiting.find((each) => each.frame.url === frame.url);
        if (job) job.isWanted = false;
      }
    }
  }
}

export const kept = new Kept();
