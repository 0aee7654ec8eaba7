// What is on its way, drawn: a row for each file or for a whole folder, all together above them, and one line
// that is read aloud. Words come from the page, so that they are translated with it.

export class Screen {
  constructor(form) {
    this.words = document.querySelector("template[data-words]").dataset;
    this.icons = document.querySelector("template[data-words]").content;
    this.list = document.querySelector("[data-going]");
    this.line = document.querySelector("[data-progress]");
    this.whole = document.querySelector("[data-all-files]");
    this.without = document.querySelector("[data-left-out]");
    this.keeps = form.hasAttribute("data-keeps"); // no list from the server: what came stays here
    this.input = form.querySelector("input[type=file]");
    this.rows = [];
    this.samples = [];
  }

  attach(queue) {
    this.queue = queue;
    const button = (name, act) => this.whole.querySelector(`[data-${name}]`).addEventListener("click", act);
    button("pause-all", () => queue.pauseAll());
    button("go-all", () => queue.go(queue.items));
    button("cancel-all", () => {
      queue.cancel(queue.items);
      this.input.focus();
    });
  }

  row(title, isFolder) {
    const row = new Row(this, title, isFolder);
    this.rows.push(row);
    this.list.append(row.item);
    return row;
  }

  say(words) {
    if (this.line.textContent !== words) this.line.textContent = words;
  }

  leftOut(count, folder) {
    if (!count) return;
    const words = count === 1 ? this.words.leftOutOne : this.words.leftOutMany;
    this.without.textContent = words.replace("%2", count).replace("%1", () => `\u2068${folder}\u2069`);
  }

  moved() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.draw();
    }, 250);
  }

  draw() {
    for (const row of this.rows) row.draw();
    this.rows = this.rows.filter((row) => !row.isOver);
    this.list.hidden = !this.list.children.length;
    this.drawWhole();
  }

  drawWhole() {
    const items = this.queue.items.filter((item) => item.isCounted && item.state !== "failed");
    const left = items.filter((item) => item.state !== "in");
    const moving = left.filter((item) => item.state !== "paused");
    this.whole.hidden = !left.length || items.length < 2;
    this.whole.querySelector("[data-pause-all]").hidden = !moving.length;
    this.whole.querySelector("[data-go-all]").hidden = left.every((item) => item.state !== "paused");
    const [sent, all] = [total(items, "sent"), total(items, "size")];
    this.whole.querySelector("progress").value = all ? (100 * sent) / all : 0;
    const here = items.length - left.length;
    const parts = [this.words.filesOf.replace("%1", here).replace("%2", items.length), this.of(sent, all)];
    if (moving.length) parts.push(this.timeLeft(all - sent, this.speed(sent)));
    this.whole.querySelector("[data-all-words]").textContent = parts.filter(Boolean).join(" · ");
    this.tell(items.length, left.length, moving.length, this.queue.items.filter((item) => item.state === "failed").length);
  }

  // Said when it changes, not at every step. What was not added is never said to be in.
  tell(all, left, moving, failed) {
    const over = failed ? `failed ${failed}` : all ? "done" : "";
    const state = moving ? `going ${left}` : left ? "paused" : over;
    if (state === this.told) return;
    const before = this.told;
    this.told = state;
    if (state === "done" && before) this.say(this.words.done);
    if (state.startsWith("failed") && all) this.say(failed === 1 ? this.words.doneButOne : this.words.doneBut.replace("%s", failed));
    if (state.startsWith("going") && !before?.startsWith("going")) {
      const words = left === 1 ? this.words.goingOne : this.words.goingMany.replace("%s", left);
      this.say(`${words}. ${this.words.stay}`);
    }
  }

  speed(sent) {
    const now = performance.now();
    this.samples.push([now, sent]);
    while (this.samples.length > 2 && now - this.samples[0][0] > 20_000) this.samples.shift();
    const [then, before] = this.samples[0];
    return now - then > 1000 && sent > before ? ((sent - before) / (now - then)) * 1000 : 0;
  }

  timeLeft(bytes, speed) {
    if (!speed) return "";
    return bytes > 0 ? this.words.left.replace("%s", this.spell(bytes / speed)) : this.words.almost;
  }

  spell(seconds) {
    const { words } = this;
    if (seconds < 55) return words.seconds.replace("%s", Math.max(Math.round(seconds / 5) * 5, 5));
    if (seconds < 90) return words.minute;
    if (seconds < 55 * 60) return words.minutes.replace("%s", Math.round(seconds / 60));
    return seconds < 90 * 60 ? words.hour : words.hours.replace("%s", Math.round(seconds / 3600));
  }

  of(some, all) {
    return this.words.of.replace("%1", size(some)).replace("%2", size(all));
  }

  icon(name) {
    return this.icons.querySelector(`[data-icon=${name}] svg`).cloneNode(true);
  }
}

class Row {
  constructor(screen, title, isFolder) {
    Object.assign(this, { screen, title, isFolder, items: [], troubles: [] });
    const { words } = screen;
    this.item = element("li", "so-file");
    this.bar = element("progress", "", { max: "100", value: "0", "aria-label": words.bar.replace("%s", title) });
    this.said = element("span", "so-num");
    this.stop = this.button("pause", words.pause, () => this.turn());
    this.away = this.button("cancel", words.cancel, () => this.leave());
    const name = element("h3");
    name.append(element("bdi", "", {}, title));
    this.meta = element("div", "so-file-meta");
    this.meta.append(this.bar, this.said);
    const buttons = element("div", "so-file-do");
    buttons.append(this.stop, this.away);
    this.item.append(screen.icon(isFolder ? "folder" : "file"), name, this.meta, buttons);
  }

  button(icon, words, act) {
    const made = element("button", "so-icon-btn", { type: "button", "aria-label": words.replace("%s", this.title) });
    made.append(this.screen.icon(icon));
    made.addEventListener("click", act);
    return made;
  }

  get isPaused() {
    return this.items.some((item) => item.state === "paused");
  }

  get isOver() {
    return !this.item.isConnected;
  }

  turn() {
    if (this.isPaused) this.screen.queue.go(this.items);
    else this.screen.queue.pause(this.items);
  }

  leave() {
    this.screen.queue.cancel(this.items);
    this.item.remove();
    this.screen.draw();
    this.screen.input.focus();
  }

  draw() {
    if (this.isSettled) return;
    const { words } = this.screen;
    const live = this.items.filter((item) => item.state !== "failed" && item.state !== "cancelled");
    const left = live.filter((item) => item.state !== "in");
    const [sent, all] = [total(live, "sent"), total(live, "size")];
    this.bar.hidden = this.stop.hidden = !left.length;
    if (left.length) {
      this.bar.value = Math.floor((100 * sent) / Math.max(all, 1));
      const states = left.every((item) => item.state === "paused") ? words.paused : left.every((item) => item.state === "waiting") ? words.waiting : "";
      const files = this.isFolder ? words.filesOf.replace("%1", live.length - left.length).replace("%2", live.length) : "";
      this.said.textContent = [`${this.bar.value} %`, files, this.screen.of(sent, all), states || this.timeLeft(sent, all)].filter(Boolean).join(" · ");
      this.face();
      return;
    }
    this.said.textContent = all ? size(all) : size(total(this.items, "size"));
    if (!this.troubles.length && !this.note) this.settle();
  }

  // All of it is in: the list from the server shows it now.
  settle() {
    if (!this.screen.keeps) {
      this.item.remove();
      return;
    }
    this.isSettled = true;
    this.item.querySelector(".so-i").replaceWith(this.screen.icon("in"));
    this.said.textContent = `${this.screen.words.in} · ${this.said.textContent}`;
    this.mayLeave();
  }

  // Nothing to cancel any more: the cross only tidies up.
  mayLeave() {
    if (this.items.some((item) => ["running", "waiting", "paused"].includes(item.state))) return;
    this.away.setAttribute("aria-label", this.screen.words.remove.replace("%s", this.title));
  }

  face() {
    const { words } = this.screen;
    const face = this.isPaused ? "go" : "pause";
    if (this.stop.dataset.face === face) return;
    this.stop.dataset.face = face;
    this.stop.replaceChildren(this.screen.icon(face));
    this.stop.setAttribute("aria-label", words[face].replace("%s", this.title));
  }

  timeLeft(sent, all) {
    const now = performance.now();
    if (this.start === undefined || sent < this.start[1]) this.start = [now, sent];
    const [then, before] = this.start;
    const speed = now - then > 1500 && sent > before ? ((sent - before) / (now - then)) * 1000 : 0;
    return this.screen.timeLeft(all - sent, speed);
  }

  // Of a folder they are counted: a disc that comes again is one line, not a hundred.
  came(item, note) {
    if (!note) return;
    this.twins = (this.twins ?? 0) + 1;
    const { words } = this.screen;
    if (this.isFolder) note = this.twins === 1 ? words.twinOne : words.twinMany.replace("%s", this.twins);
    this.note?.remove();
    this.note = element("p", "", {}, note);
    this.meta.append(this.note);
    this.mayLeave();
    this.screen.say(note);
  }

  failed(item) {
    this.troubles.push(item);
    this.warn();
    this.mayLeave();
    this.screen.list.prepend(this.item); // the row that needs the person goes first
  }

  again(item) {
    this.troubles = this.troubles.filter((each) => each !== item);
    this.away.setAttribute("aria-label", this.screen.words.cancel.replace("%s", this.title));
    this.start = undefined;
    this.warn();
  }

  warn() {
    this.item.querySelector(".so-file-bad")?.remove();
    this.item.classList.toggle("is-bad", this.troubles.length > 0);
    if (!this.troubles.length) return;
    const { words } = this.screen;
    const note = element("div", "so-note so-file-bad", { "data-tone": "stop" });
    const text = element("div");
    if (this.isFolder) text.append(element("strong", "", {}, words.someBad.replace("%s", this.troubles.length)), this.names());
    else text.append(element("strong", "", {}, `${words.bad}.`), ` ${this.troubles[0].words}`);
    if (this.troubles.some((item) => item.mayRetry)) {
      const retry = element("button", "so-btn is-small", { type: "button" }, words.retry);
      retry.addEventListener("click", () => this.screen.queue.go([...this.troubles]));
      const buttons = element("div", "so-row");
      buttons.append(retry);
      text.append(buttons);
    }
    note.append(this.screen.icon("stop"), text);
    this.item.append(note);
  }

  names() {
    const list = element("ul", "so-file-names");
    for (const { file, words } of this.troubles.slice(0, 40)) {
      const line = element("li");
      line.append(element("bdi", "", {}, file.name), `: ${words}`);
      list.append(line);
    }
    return list;
  }
}

const total = (items, what) => items.reduce((sum, item) => sum + (what === "size" ? item.file.size : item.sent), 0);

function element(name, classes = "", attributes = {}, text = "") {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

export function size(bytes) {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  if (bytes < 1e7) return `${(bytes / 1e6).toFixed(1)} MB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
