// What is to be sent, in which order, and what happens when the line breaks: three at once, small files of a
// disc together in one form, the others in pieces.
import { Transfer, Trouble, ask, trouble } from "./tus.js";

const AT_ONCE = 3;
const SMALL = 512 * 1024; // a file up to this goes along with others
const MOST_IN_ONE = 50;
const FOLDED_FROM = 6;
const LONGEST_PAUSE = 60_000;

export class Queue {
  constructor(form, screen, list) {
    Object.assign(this, { form, screen, list });
    this.items = [];
    this.running = new Set();
    this.room = Number(form.dataset.room);
    this.places = Number(form.dataset.files);
    this.isPaused = false;
    this.csrf = form.elements.csrfmiddlewaretoken?.value ?? "";
    screen.attach(this);
    window.addEventListener("online", () => this.back());
    window.addEventListener("offline", () => this.away());
    window.addEventListener("beforeunload", (event) => {
      if (this.isBusy) event.preventDefault();
    });
  }

  get isBusy() {
    return this.items.some((item) => item.state === "running" || item.state === "waiting");
  }

  // --- choosing ---

  add(chosen, way) {
    const tops = new Map();
    for (const { folder } of chosen) {
      const top = folder.split("/")[0];
      if (top) tops.set(top, (tops.get(top) ?? 0) + 1);
    }
    const rows = new Map();
    for (const { file, folder } of chosen) {
      if (this.has(file, folder)) continue;
      const top = folder.split("/")[0];
      const title = tops.get(top) >= FOLDED_FROM ? top : "";
      if (title && !rows.has(title)) rows.set(title, this.screen.row(title, true));
      const row = title ? rows.get(title) : this.screen.row(file.name, false);
      this.enter({ file, folder, way, row, state: "waiting", sent: 0, flying: 0, tries: 0, restarts: 0 });
    }
    this.screen.draw();
    this.pump();
  }

  has(file, folder) {
    return this.items.some(
      (item) => !["in", "failed"].includes(item.state) && item.folder === folder && item.file.name === file.name
        && item.file.size === file.size && item.file.lastModified === file.lastModified,
    );
  }

  enter(item) {
    this.items.push(item);
    item.row.items.push(item);
    const words = this.objection(item.file);
    if (words) return this.fail(item, new Trouble("stop", words));
    this.room -= item.file.size;
    this.places -= 1;
    item.isCounted = true;
  }

  objection(file) {
    const { words } = this.screen;
    const { max, limit, whole, count } = this.form.dataset;
    if (file.size === 0) return words.empty;
    if (file.size > Number(max)) return words.large.replace("%s", limit);
    if (this.isKnown(file)) return ""; // its room is kept
    if (file.size > this.room || this.places < 1) return words.full.replace("%1", whole).replace("%2", count);
    return "";
  }

  isKnown(file) {
    const rows = [...document.querySelectorAll("[data-upload]")];
    return rows.some((row) => row.dataset.name === file.name && Number(row.dataset.size) === file.size);
  }

  // --- sending ---

  pump() {
    while (!this.isPaused && navigator.onLine && this.running.size < AT_ONCE) {
      const job = this.next();
      if (!job) break;
      this.running.add(job);
      for (const item of job) item.state = "running";
      (job.isTogether ? this.sendTogether(job) : this.sendOne(job[0]))
        .catch((why) => this.troubled(job, why))
        .finally(() => {
          this.running.delete(job);
          this.screen.draw();
          this.pump();
        });
    }
    this.screen.draw();
  }

  next() {
    const now = performance.now();
    const first = this.items.find((item) => item.state === "waiting" && (item.notBefore ?? 0) <= now);
    if (!first) return null;
    if (first.file.size > SMALL || first.transfer || first.isAlone) return [first];
    const together = Object.assign([], { isTogether: true });
    let size = 0;
    for (const item of this.items) {
      const fits = item.state === "waiting" && item.file.size <= SMALL && item.way === first.way && !item.isAlone && (item.notBefore ?? 0) <= now;
      if (!fits || size + item.file.size > Number(this.form.dataset.batch)) continue;
      together.push(item);
      size += item.file.size;
      if (together.length === MOST_IN_ONE) break;
    }
    return together;
  }

  async sendOne(item) {
    const { dataset } = this.form;
    item.transfer ??= new Transfer({
      endpoint: dataset.uploads,
      file: item.file,
      said: { filename: item.file.name, folder: item.folder, case: dataset.case ?? "", item: dataset.item ?? "", way_in: item.way },
      token: () => (this.csrf ? { "X-CSRFToken": this.csrf } : {}),
      moved: (bytes) => this.moved(item, bytes),
      known: () => this.list.hide(() => this.keys()),
    });
    await item.transfer.run();
    this.done(item);
  }

  async sendTogether(job) {
    const body = new FormData();
    for (const item of job) body.append("files", item.file, item.folder ? `${item.folder}/${item.file.name}` : item.file.name);
    if (job[0].way) body.append("way_in", job[0].way);
    const whole = job.reduce((sum, item) => sum + item.file.size, 0);
    const url = this.form.action || window.location.href;
    const headers = { Accept: "application/json", ...(this.csrf ? { "X-CSRFToken": this.csrf } : {}) };
    const answer = await ask("POST", url, headers, body, {
      started: (request) => { job.request = request; },
      moved: (bytes) => this.movedTogether(job, bytes / whole),
    });
    const told = answer.status === 200 ? parsed(answer)?.files : null;
    if (!told) {
      if (job.some((item) => item.state === "paused")) throw new Trouble("paused");
      throw trouble(answer, url);
    }
    job.forEach((item, n) => {
      if (told[n].error) this.fail(item, new Trouble("stop", told[n].error));
      else this.done(item, item.tries ? "" : told[n].note);
    });
  }

  moved(item, bytes) {
    item.sent = Math.min(bytes, item.file.size);
    this.screen.moved();
  }

  movedTogether(job, part) {
    for (const item of job) item.sent = Math.min(Math.round(item.file.size * part), item.file.size);
    this.screen.moved();
  }

  done(item, note = "") {
    item.state = "in";
    item.sent = item.file.size;
    item.note = note;
    item.row.came(item, note);
    this.list.refresh();
  }

  keys() {
    return new Set(this.items.filter((item) => item.transfer && item.state !== "cancelled").map((item) => item.transfer.key));
  }

  // --- trouble ---

  async troubled(job, why) {
    if (!(why instanceof Trouble)) why = new Trouble("later");
    if (why.kind === "paused") return; // they may be on their way again
    if (why.kind === "stale" && !job.renewed) return this.renew(job);
    for (const item of job) {
      if (item.state !== "running") continue; // cancelled meanwhile
      if (why.kind === "net" || why.kind === "wait") this.later(item, why);
      else if (why.kind === "over" && item.restarts++ < 2) item.state = "waiting";
      else if (job.isTogether && why.kind === "stop") Object.assign(item, { state: "waiting", isAlone: true });
      else this.fail(item, why);
    }
  }

  // A line that broke is tried again for as long as the page is open, in longer and longer pauses.
  later(item, why) {
    item.state = "waiting";
    item.sent = item.transfer?.offset ?? 0;
    item.tries += 1;
    const pause = Math.max(why.pause, Math.min(1000 * 2 ** (item.tries - 1), LONGEST_PAUSE));
    item.notBefore = performance.now() + pause;
    setTimeout(() => this.pump(), pause + 20);
    if (!navigator.onLine) this.screen.say(this.screen.words.offline);
    else if (item.tries > 1) {
      const words = this.screen.words;
      this.screen.say(why.message || words.again.replace("%s", this.screen.spell(pause / 1000)));
    }
  }

  async renew(job) {
    const token = await this.list.token().catch(() => null);
    const known = token !== null && token !== this.csrf;
    if (known) this.csrf = token;
    for (const item of job) {
      if (known && item.restarts++ < 3) item.state = "waiting";
      else this.fail(item, new Trouble(token === null ? "out" : "stale"));
    }
  }

  fail(item, why) {
    if (item.isCounted && why.kind === "stop") {
      this.room += item.file.size;
      this.places += 1;
      item.isCounted = false;
    }
    item.state = "failed";
    item.sent = item.transfer?.offset ?? 0;
    const { words } = this.screen;
    const said = { out: words.out, stale: words.stale, gone: words.gone, later: why.message || words.failed };
    item.words = said[why.kind] ?? (why.message || words.failed);
    item.mayRetry = why.kind !== "stop" && why.kind !== "gone";
    item.row.failed(item);
    this.screen.say(`${item.file.name}: ${item.words}`);
  }

  away() {
    this.screen.say(this.screen.words.offline);
  }

  back() {
    if (!this.items.some((item) => item.state === "waiting")) return;
    for (const item of this.items) item.notBefore = 0;
    this.screen.say(this.screen.words.online);
    this.pump();
  }

  // --- what the person wants ---

  pause(items) {
    for (const item of items) {
      if (item.state !== "running" && item.state !== "waiting") continue;
      item.state = "paused";
      item.transfer?.pause();
    }
    for (const job of this.running) {
      if (!job.some((item) => items.includes(item)) || !job.request) continue;
      for (const item of job) if (item.state === "running") item.state = "waiting";
      job.request.abort();
    }
    this.screen.draw();
    this.pump();
  }

  go(items) {
    this.isPaused = false;
    for (const item of items) {
      if (item.state !== "paused" && !(item.state === "failed" && item.mayRetry)) continue;
      Object.assign(item, { state: "waiting", notBefore: 0, tries: 0, restarts: 0 });
      item.row.again(item);
    }
    this.pump();
  }

  cancel(items) {
    this.pause(items);
    const gone = new Set(items.filter((item) => item.state !== "in"));
    for (const item of gone) {
      item.state = "cancelled";
      item.transfer?.cancel().then(() => this.list.refresh());
      if (item.isCounted) {
        this.room += item.file.size;
        this.places += 1;
      }
    }
    this.items = this.items.filter((item) => !gone.has(item));
    this.screen.draw();
    this.pump();
  }

  pauseAll() {
    this.isPaused = true;
    this.pause(this.items);
    this.screen.say(this.screen.words.pausedAll);
  }
}

function parsed(answer) {
  try {
    return JSON.parse(answer.responseText);
  } catch {
    return null;
  }
}
