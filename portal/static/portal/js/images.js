// The image viewer: tools, keys, film of series, film running, two series side by side. `dress(room)` is called
// again whenever the pane was replaced. Not for primary diagnosis.
import { framesOf, kept, problemsOf } from "./image-frames.js";
import { isColour, paint, scaleOf, valuesOf, wholeRange } from "./image-pixels.js";
import { Scan } from "./image-scan.js";

const FEW = 10; // frames at a leap
const STEP = 40; // pixels of the screen
const ZOOM = 1.25;

class Viewer {
  constructor(root) {
    this.root = root;
    this.words = Object.fromEntries(Object.entries(root.dataset)
      .filter(([name]) => name.startsWith("say"))
      .map(([name, words]) => [name[3].toLowerCase() + name.slice(4), words]));
    this.words.whose = root.dataset.whose;
    this.scans = [...root.querySelectorAll("[data-scan]")].map((element) => new Scan(element, this.words));
    this.active = this.scans[0];
    this.tool = "window";
    this.find = (what) => root.querySelector(`[data-${what}]`);
    this.slider = this.find("frame-slider");
  }

  async begin() {
    const answer = await fetch(this.root.dataset.study);
    if (!answer.ok) throw new Error(String(answer.status));
    this.study = await answer.json();
    this.series = this.study.series.filter((each) => framesOf(each).length);
    if (!this.series.length) return;
    this.listen();
    this.film();
    this.problems();
    const wanted = this.wanted();
    this.root.querySelectorAll("[hidden][data-tool], [hidden][data-act]").forEach((each) => { each.hidden = false; });
    this.find("picture")?.remove();
    this.find("live").hidden = false;
    await this.choose(wanted.series, wanted.index);
    this.pick(this.tool);
  }

  // A pin's address names a file and a frame.
  wanted() {
    const { instance, at } = this.root.dataset;
    for (const series of instance ? this.series : []) {
      const index = framesOf(series).findIndex((each) => each.instance === instance && each.number === Number(at));
      if (index >= 0) return { series, index };
    }
    const largest = this.series.reduce((most, each) => (framesOf(each).length > framesOf(most).length ? each : most));
    return { series: largest, index: null };
  }

  async choose(series, index = null) {
    this.stop();
    await this.active.show(series, { index });
    for (const button of this.find("film").querySelectorAll("button")) {
      button.toggleAttribute("aria-current", button.dataset.series === series.key);
      if (button.dataset.series === series.key) button.setAttribute("aria-current", "true");
    }
    this.presets();
    this.frameChanged();
  }

  // --- frames ---

  frameChanged() {
    const { index, frames } = this.active;
    if (!frames) return;
    this.slider.max = frames.length;
    this.slider.value = index + 1;
    this.slider.setAttribute("aria-valuetext", this.said());
    this.find("frame-is").textContent = this.said();
    this.find("frames").hidden = frames.length < 2;
    if (this.isLinked && this.scans[1].frames) {
      const other = this.scans.find((scan) => scan !== this.active);
      const part = frames.length > 1 ? index / (frames.length - 1) : 0;
      other.go(Math.round(part * (other.frames.length - 1)));
    }
  }

  said() {
    return this.words.frame.replace("[n]", this.active.index + 1).replace("[count]", this.active.frames.length);
  }

  run() {
    if (this.running) return this.stop();
    if (this.active.frames.length < 2) return undefined;
    const every = Math.max(this.active.look.frame_time || 1000 / 12, 20);
    this.find("play").setAttribute("aria-pressed", "true");
    let last = 0;
    const step = async (now) => {
      if (!this.running || !this.root.isConnected) return;
      if (now - last >= every) {
        last = now;
        await this.active.go((this.active.index + 1) % this.active.frames.length);
      }
      if (this.running) this.running = requestAnimationFrame(step);
    };
    this.running = requestAnimationFrame(step);
    return undefined;
  }

  stop() {
    cancelAnimationFrame(this.running);
    this.running = 0;
    this.find("play")?.setAttribute("aria-pressed", "false");
  }

  // --- windows ---

  presets() {
    const box = this.find("windows");
    const isGrey = !isColour(this.active.look);
    box.hidden = !isGrey;
    const own = this.active.presets.map(([name, centre, width]) => ({ name, does: () => this.active.setWindow(centre, width) }));
    const rows = [...own, { name: this.words.full, does: () => this.active.fullRange() }];
    const seg = box.querySelector("[data-seg]");
    seg.replaceChildren(...rows.map(({ name, does }, n) => {
      const label = document.createElement("label");
      const input = Object.assign(document.createElement("input"), { type: "radio", name: "window", checked: n === 0 });
      input.addEventListener("change", does);
      label.append(input, name);
      return label;
    }));
  }

  byHand() {
    for (const input of this.find("windows").querySelectorAll("input")) input.checked = false;
  }

  narrower(by) {
    const { centre, width } = this.active.window;
    this.active.setWindow(centre, width * by);
    this.byHand();
  }

  brighter(by) {
    const { centre, width } = this.active.window;
    this.active.setWindow(centre + by * Math.max(width / 20, 1), width);
    this.byHand();
  }

  // --- tools ---

  pick(tool) {
    this.tool = tool;
    if (tool === "ruler" && !this.active.canMeasure) this.active.say(this.words.noSpacing);
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
    for (const scan of this.scans) scan.element.dataset.tool = tool;
  }

  acts() {
    const scan = this.active;
    return {
      in: () => scan.zoomBy(ZOOM), out: () => scan.zoomBy(1 / ZOOM), fit: () => scan.fitPane(), turn: () => scan.turn(),
      invert: () => scan.invert(), play: () => this.run(), compare: () => this.compare(), link: () => this.link(),
      before: () => scan.go(scan.index - 1), after: () => scan.go(scan.index + 1), reset: () => this.resetView(),
    };
  }

  resetView() {
    const { series, index } = this.active;
    this.choose(series, index);
  }

  compare() {
    const [, second] = this.scans;
    const isOn = second.element.hidden;
    second.element.hidden = !isOn;
    this.find("live").classList.toggle("is-two", isOn);
    this.root.querySelector("[data-act=compare]").setAttribute("aria-pressed", String(isOn));
    this.find("link").hidden = !isOn;
    if (!isOn) {
      this.activate(this.scans[0]);
      return;
    }
    this.activate(second);
    const other = this.series.find((each) => each.key !== this.scans[0].series.key) ?? this.series[0];
    this.choose(other);
    for (const scan of this.scans) scan.draw();
  }

  link() {
    this.isLinked = !this.isLinked;
    this.find("link").setAttribute("aria-pressed", String(this.isLinked));
    this.frameChanged();
  }

  activate(scan) {
    if (this.active === scan) return;
    this.stop();
    this.active = scan;
    for (const each of this.scans) each.element.classList.toggle("is-active", each === scan);
    if (scan.series) {
      this.presets();
      this.frameChanged();
    }
  }

  // --- film of series ---

  film() {
    const seen = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        this.thumb(target, this.series.find((each) => each.key === target.dataset.series));
      }
    });
    this.find("film").replaceChildren(...this.series.map((series) => {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.dataset.series = series.key;
      const canvas = Object.assign(document.createElement("canvas"), { width: 60, height: 52 });
      const count = document.createElement("small");
      count.textContent = framesOf(series).length;
      button.append(canvas, series.title_in_file || series.title, " ", count);
      button.addEventListener("click", () => this.choose(series));
      seen.observe(button);
      return button;
    }));
  }

  async thumb(button, series) {
    const frames = framesOf(series);
    const frame = frames[Math.floor((frames.length - 1) / 2)];
    const buffer = await kept.fetch(frame, { first: false }).catch(() => null);
    if (!buffer) return;
    const { look } = frame;
    const [values, scale] = [valuesOf(buffer, look), scaleOf(look, frame.number)];
    const sheet = Object.assign(document.createElement("canvas"), { width: look.columns, height: look.rows });
    const image = sheet.getContext("2d").createImageData(look.columns, look.rows);
    const [preset] = series.presets;
    const window = preset ? { centre: preset[1], width: preset[2] } : isColour(look) ? null : wholeRange(values, look, scale);
    paint(image, values, look, scale, window, false);
    sheet.getContext("2d").putImageData(image, 0, 0);
    const canvas = button.querySelector("canvas");
    const by = Math.min(canvas.width / look.columns, canvas.height / look.rows);
    const [wide, tall] = [look.columns * by, look.rows * by];
    canvas.getContext("2d").drawImage(sheet, (canvas.width - wide) / 2, (canvas.height - tall) / 2, wide, tall);
  }

  problems() {
    const found = this.study.series.flatMap(problemsOf);
    const box = this.find("problems");
    box.hidden = !found.length;
    box.querySelector("ul").replaceChildren(...[...new Set(found.map((each) => each.sentence))].map((words) => {
      const count = found.filter((each) => each.sentence === words).length;
      return Object.assign(document.createElement("li"), { textContent: `${words} (${count})` });
    }));
  }

  // --- pointer, wheel, keys ---

  listen() {
    this.root.addEventListener("so:frame", (event) => event.target === this.active.element && this.frameChanged());
    this.root.addEventListener("click", (event) => {
      const { tool, act } = event.target.closest("[data-tool], [data-act]")?.dataset ?? {};
      if (tool && event.target.closest("button")) this.pick(tool);
      else if (act) this.acts()[act]();
    });
    this.slider.addEventListener("input", () => this.active.go(Number(this.slider.value) - 1));
    for (const scan of this.scans) this.listenTo(scan);
  }

  listenTo(scan) {
    const { element } = scan;
    const place = (event) => {
      const box = element.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const fingers = new Map();
    let from = null;
    element.addEventListener("focusin", () => this.activate(scan));
    element.addEventListener("pointerdown", (event) => {
      if (event.button > 1) return;
      this.activate(scan);
      element.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, place(event));
      from = { at: place(event), spot: scan.spot(...place(event)), window: scan.window, tool: event.button === 1 ? "move" : this.tool };
    });
    element.addEventListener("pointermove", (event) => {
      const at = place(event);
      scan.pointed = scan.shown ? scan.valueAt(scan.spot(...at)) : "";
      if (!from || !scan.shown) {
        if (scan.shown) scan.write();
        return;
      }
      const [x, y] = [at[0] - from.at[0], at[1] - from.at[1]];
      if (fingers.size === 2) this.pinch(scan, fingers, event.pointerId, at);
      else this.drag(scan, from, { at, x, y });
      fingers.set(event.pointerId, at);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      element.addEventListener(end, (event) => {
        fingers.delete(event.pointerId);
        if (from?.tool === "ruler" && scan.draft && end === "pointerup") scan.ruler(scan.draft.from, scan.draft.to);
        if (from?.tool === "mark" && scan.mark && end === "pointerup") this.marked(scan);
        scan.draft = null;
        from = null;
      });
    }
    element.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.activate(scan);
      if (event.ctrlKey) scan.zoomBy(event.deltaY < 0 ? 1.1 : 1 / 1.1, place(event));
      else scan.go(scan.index + Math.sign(event.deltaY));
    }, { passive: false });
    element.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const does = scan.cursor ? this.cursorKeys(scan, event) : this.keys(scan, event);
      if (!does) return;
      does();
      event.preventDefault();
      event.stopPropagation();
    });
  }

  drag(scan, from, { at, x, y }) {
    if (from.tool === "move") {
      scan.moveBy(x, y);
      from.at = at;
    } else if (from.tool === "window" && from.window) {
      const per = Math.max(from.window.width / 300, 0.5);
      scan.setWindow(from.window.centre + y * per, from.window.width + x * per);
      this.byHand();
    } else if (from.tool === "ruler" && scan.canMeasure) {
      scan.draft = { from: from.spot, to: scan.spot(...at) };
      scan.draw();
    } else if (from.tool === "mark") {
      scan.mark = { from: from.spot, to: scan.spot(...at) };
      scan.draw();
    }
  }

  pinch(scan, fingers, id, at) {
    const [other] = [...fingers].find(([key]) => key !== id).slice(1);
    const before = Math.hypot(fingers.get(id)[0] - other[0], fingers.get(id)[1] - other[1]);
    const now = Math.hypot(at[0] - other[0], at[1] - other[1]);
    if (before > 0) scan.zoomBy(now / before, [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2]);
  }

  keys(scan, { key, shiftKey }) {
    const isLarge = scan.zoom > 1;
    const moved = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[key];
    if (moved && (shiftKey || (isLarge && key !== "ArrowUp" && key !== "ArrowDown"))) return () => scan.moveBy(...moved);
    return {
      ArrowUp: () => scan.go(scan.index - 1), ArrowDown: () => scan.go(scan.index + 1),
      ArrowLeft: () => scan.go(scan.index - 1), ArrowRight: () => scan.go(scan.index + 1),
      PageUp: () => scan.go(scan.index - FEW), PageDown: () => scan.go(scan.index + FEW),
      Home: () => scan.go(0), End: () => scan.go(scan.frames.length - 1),
      "+": () => scan.zoomBy(ZOOM), "=": () => scan.zoomBy(ZOOM), "-": () => scan.zoomBy(1 / ZOOM), 0: () => scan.fitPane(),
      "[": () => this.narrower(0.9), "]": () => this.narrower(1 / 0.9), ",": () => this.brighter(-1), ".": () => this.brighter(1),
      i: () => scan.invert(), r: () => scan.turn(), " ": () => this.run(), c: () => this.compare(),
      m: () => this.placeCursor(scan, "ruler"), q: this.root.querySelector("[data-tool=mark]") ? () => this.placeCursor(scan, "mark") : null,
      n: () => this.nextSeries(1), b: () => this.nextSeries(-1), Delete: () => scan.forgetRulers(),
    }[key];
  }

  nextSeries(way) {
    const at = this.series.findIndex((each) => each.key === this.active.series.key);
    const next = this.series[at + way];
    if (next) this.choose(next);
  }

  // --- measuring and marking by keys: a cross that the arrows move, set twice ---

  placeCursor(scan, tool) {
    this.pick(tool);
    if (tool === "ruler" && !scan.canMeasure) return;
    const { rows, columns } = scan.look;
    scan.cursor = { column: Math.floor(columns / 2), row: Math.floor(rows / 2) };
    scan.from = null;
    this.tell(scan, this.words.cross);
    scan.draw();
  }

  cursorKeys(scan, { key, shiftKey }) {
    const by = shiftKey ? FEW : 1;
    const way = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[key];
    if (way) return () => this.moveCursor(scan, way);
    if (key === "Enter") return () => this.setPoint(scan);
    if (key === "Escape") return () => this.leaveCursor(scan);
    return null;
  }

  moveCursor(scan, [columns, rows]) {
    scan.cursor.column = Math.min(Math.max(scan.cursor.column + columns, 0), scan.look.columns - 1);
    scan.cursor.row = Math.min(Math.max(scan.cursor.row + rows, 0), scan.look.rows - 1);
    const to = this.centre(scan);
    if (scan.from && this.tool === "ruler") scan.draft = { from: scan.from, to };
    if (scan.from && this.tool === "mark") scan.mark = { from: scan.from, to };
    scan.pointed = scan.valueAt(scan.cursor);
    this.tell(scan, scan.draft ? scan.length(scan.draft) : scan.pointed);
    scan.draw();
  }

  centre({ cursor }) { return { column: cursor.column + 0.5, row: cursor.row + 0.5 }; }

  setPoint(scan) {
    const at = this.centre(scan);
    if (!scan.from) {
      scan.from = at;
      this.tell(scan, this.words.second);
      return;
    }
    const { from } = scan;
    this.leaveCursor(scan);
    if (this.tool === "ruler") scan.ruler(from, at);
    else {
      scan.mark = { from, to: at };
      this.marked(scan);
    }
  }

  leaveCursor(scan) {
    Object.assign(scan, { cursor: null, from: null, draft: null });
    scan.draw();
  }

  tell(scan, words) {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => scan.say(words), 150);
  }

  // --- a pin: the region in per cent goes into the form beside it ---

  marked(scan) {
    const form = this.root.closest("[data-room]").querySelector("[data-pinform]");
    if (!form || !scan.mark) return;
    const { rows, columns } = scan.look;
    const part = (value, whole) => Math.min(Math.max(value / whole, 0), 1) * 100;
    const [x1, x2] = [scan.mark.from.column, scan.mark.to.column].map((value) => part(value, columns)).sort((a, b) => a - b);
    const [y1, y2] = [scan.mark.from.row, scan.mark.to.row].map((value) => part(value, rows)).sort((a, b) => a - b);
    const fields = {
      page: "", instance: scan.frame.instance, frame: scan.frame.number,
      x: x1, y: y1, width: Math.max(x2 - x1, 0.5), height: Math.max(y2 - y1, 0.5),
    };
    for (const [name, value] of Object.entries(fields)) {
      form.elements[name].value = typeof value === "number" && name !== "frame" ? Math.round(value * 10) / 10 : value;
    }
    form.closest("details").open = true;
    form.elements.note.focus();
  }
}

export const dress = (room) => {
  const root = room.querySelector("[data-images]");
  if (!root || root.dataset.begun) return;
  root.dataset.begun = "yes";
  const viewer = new Viewer(root);
  viewer.begin().catch(() => { viewer.find("failed").hidden = false; });
};
