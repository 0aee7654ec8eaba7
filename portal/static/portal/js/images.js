// The image viewer: tools, windows, film running, two series side by side. `dress(room)` is called again whenever the
// pane was replaced. Not for primary diagnosis.
import { current, film, tellProblems } from "./image-film.js";
import { framesOf } from "./image-frames.js";
import { keysBeside, listenTo, takeCross, ZOOM } from "./image-hands.js";
import { isColour } from "./image-pixels.js";
import { Scan } from "./image-scan.js";
import { offerSwitches } from "./staff.js";

const begun = new WeakMap(); // element -> Viewer

class Viewer {
  constructor(root) {
    this.root = root;
    this.words = Object.fromEntries(Object.entries(root.dataset)
      .filter(([name]) => name.startsWith("say"))
      .map(([name, words]) => [name[3].toLowerCase() + name.slice(4), words]));
    this.words.whose = root.dataset.whose;
    this.readPins();
    this.scans = [...root.querySelectorAll("[data-scan]")]
      .map((element) => new Scan(element, this.words, () => this.pins));
    this.active = this.scans[0];
    this.tool = "window";
    this.find = (what) => root.querySelector(`[data-${what}]`);
    this.slider = this.find("frame-slider");
    this.canMark = Boolean(root.querySelector("button[data-tool=mark]"));
  }

  async begin() {
    const answer = await fetch(this.root.dataset.study);
    if (!answer.ok) throw new Error(String(answer.status));
    this.study = await answer.json();
    this.words.studyOn = this.study.dated_on;
    this.series = this.study.series.filter((each) => framesOf(each).length);
    if (!this.series.length) throw new Error("no images");
    this.listen();
    tellProblems(this.find("problems"), this.study);
    this.find("picture").remove();
    this.find("live").hidden = false;
    for (const button of this.root.querySelectorAll("button[data-tool], [data-act]:not([data-link])")) button.hidden = false;
    this.pick(this.tool);
    const { series, index } = this.wanted() ?? { series: this.longest(), index: null };
    const shown = this.choose(series, index);
    film(this.find("film"), this.series, (each) => this.choose(each));
    current(this.find("film"), series);
    await shown;
  }

  longest() {
    return this.series.reduce((most, each) => (framesOf(each).length > framesOf(most).length ? each : most));
  }

  // --- pins: a pin's address names a file and a frame ---

  readPins() {
    const { instance, at, pins } = this.root.dataset;
    this.pins = JSON.parse(pins).map((pin) => [...pin, pin[1] === instance && pin[2] === Number(at)]);
  }

  wanted() {
    const { instance, at } = this.root.dataset;
    for (const series of instance ? this.series : []) {
      const index = framesOf(series).findIndex((each) => each.instance === instance && each.number === Number(at));
      if (index >= 0) return { series, index };
    }
    return null;
  }

  // The page around was replaced, the study is the same.
  async again() {
    this.readPins();
    for (const scan of this.scans) scan.mark = null;
    const wanted = this.wanted();
    if (wanted && wanted.series === this.active.series) await this.active.go(wanted.index);
    else if (wanted) await this.choose(wanted.series, wanted.index);
    for (const scan of this.scans) scan.draw();
    this.fillForm();
  }

  // --- series and frames ---

  async choose(series, index = null) {
    this.stop();
    const showing = this.active.show(series, { index });
    this.tellSeries();
    await showing;
    this.tellSeries();
  }

  tellSeries() {
    current(this.find("film"), this.active.series);
    this.windows();
    this.frameChanged();
  }

  nextSeries(way) {
    const at = this.series.findIndex((each) => each.key === this.active.series.key);
    const next = this.series[at + way];
    if (next) this.choose(next);
  }

  frameChanged() {
    const { index, frames } = this.active;
    if (!frames) return;
    const said = this.words.frame.replace("[n]", index + 1).replace("[count]", frames.length);
    this.slider.max = frames.length;
    this.slider.value = index + 1;
    this.slider.setAttribute("aria-valuetext", said);
    this.find("frame-is").textContent = said;
    this.find("frames").hidden = frames.length < 2;
    this.root.querySelector("[data-act=invert]").setAttribute("aria-pressed", String(this.active.isInverted));
    this.fillForm();
    if (!this.isLinked || !this.scans[1].frames) return;
    const other = this.scans.find((scan) => scan !== this.active);
    const part = frames.length > 1 ? index / (frames.length - 1) : 0;
    other.go(Math.round(part * (other.frames.length - 1)));
  }

  run() {
    if (this.running) return this.stop();
    if (this.active.frames.length < 2) return undefined;
    const every = Math.max(this.active.look.frame_time || 1000 / 12, 20);
    this.find("play").setAttribute("aria-pressed", "true");
    const run = {}; // stopped while its image comes, it does not go on beside the next
    let last = 0;
    this.running = run;
    const step = async (now) => {
      if (this.running !== run || !this.root.isConnected) return;
      if (now - last >= every) {
        last = now;
        await this.active.go((this.active.index + 1) % this.active.frames.length);
      }
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
    return undefined;
  }

  stop() {
    this.running = null;
    this.find("play").setAttribute("aria-pressed", "false");
  }

  // --- windows ---

  windows() {
    const scan = this.active;
    this.find("windows").hidden = isColour(scan.look);
    const rows = scan.presets.map(([name, centre, width]) => [name, () => scan.setWindow(centre, width)]);
    rows.push([this.words.full, () => scan.fullRange()]);
    this.find("seg").replaceChildren(...rows.map(([name, does], n) => {
      const label = document.createElement("label");
      const input = Object.assign(document.createElement("input"), { type: "radio", name: "window", checked: n === scan.chosen });
      input.addEventListener("change", () => {
        scan.chosen = n;
        does();
      });
      label.append(input, name);
      return label;
    }));
  }

  byHand() {
    this.active.chosen = -1;
    for (const input of this.find("windows").querySelectorAll("input")) input.checked = false;
  }

  narrower(by) {
    if (!this.active.window) return;
    const { centre, width } = this.active.window;
    this.active.setWindow(centre, width * by);
    this.byHand();
  }

  // A higher centre is darker.
  brighter(by) {
    if (!this.active.window) return;
    const { centre, width } = this.active.window;
    this.active.setWindow(centre + by * Math.max(width / 20, 1), width);
    this.byHand();
  }

  // --- tools ---

  pick(tool) {
    this.tool = tool;
    if (tool === "ruler" && this.active.shown && !this.active.canMeasure) this.active.say(this.words.noSpacing);
    for (const button of this.root.querySelectorAll("button[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
    for (const scan of this.scans) {
      scan.element.dataset.tool = tool;
      Object.assign(scan, { cursor: null, from: null, draft: null });
      scan.draw();
    }
  }

  // Picked by keyboard, a tool that needs a spot gives the cross that the arrows move.
  pickByButton(tool, isByKey) {
    this.pick(tool);
    if (!isByKey || !["ruler", "mark"].includes(tool)) return;
    this.active.element.focus();
    takeCross(this, this.active, tool);
  }

  act(name) {
    const scan = this.active;
    const acts = {
      in: () => scan.zoomBy(ZOOM), out: () => scan.zoomBy(1 / ZOOM), fit: () => scan.fitPane(), turn: () => scan.turn(),
      invert: () => scan.invert(), play: () => this.run(), compare: () => this.compare(), link: () => this.link(),
      before: () => scan.go(scan.index - 1), after: () => scan.go(scan.index + 1),
      reset: () => this.choose(scan.series, scan.index),
    };
    acts[name]();
  }

  compare() {
    const [first, second] = this.scans;
    const isOn = second.element.hidden;
    second.element.hidden = !isOn;
    this.find("live").classList.toggle("is-two", isOn);
    this.root.querySelector("[data-act=compare]").setAttribute("aria-pressed", String(isOn));
    this.find("link").hidden = !isOn;
    if (!isOn) {
      this.isLinked = false;
      this.find("link").setAttribute("aria-pressed", "false");
      this.activate(first);
      return;
    }
    this.activate(second);
    this.choose(this.series.find((each) => each.key !== first.series.key) ?? first.series);
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
    if (scan.series) this.tellSeries();
  }

  listen() {
    this.root.addEventListener("so:frame", (event) => event.target === this.active.element && this.frameChanged());
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-tool], button[data-act], [data-imagekeys-open]");
      if (!button) return;
      const { tool, act } = button.dataset;
      if (tool) this.pickByButton(tool, event.detail === 0);
      else if (act) this.act(act);
      else this.find("imagekeys-list").showModal();
    });
    this.find("imagekeys-open").hidden = false;
    offerSwitches(this.root);
    this.slider.addEventListener("input", () => {
      this.stop();
      this.active.go(Number(this.slider.value) - 1);
    });
    for (const scan of this.scans) listenTo(this, scan);
  }

  // --- a pin: the file, the frame and the region go into the form beside it ---

  fillForm(region = { x: 0, y: 0, width: 100, height: 100 }) {
    const { frame } = this.active;
    const form = this.root.closest("[data-room]")?.querySelector("[data-pinform]");
    if (!form || !frame) return;
    const fields = { page: "", instance: frame.instance, frame: frame.number, ...region };
    for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  }

  marked(scan) {
    const { rows, columns } = scan.look;
    const part = (value, whole) => Math.min(Math.max(value / whole, 0), 1) * 100;
    const [x1, x2] = [scan.mark.from.column, scan.mark.to.column].map((value) => part(value, columns)).sort((a, b) => a - b);
    const [y1, y2] = [scan.mark.from.row, scan.mark.to.row].map((value) => part(value, rows)).sort((a, b) => a - b);
    const rounded = (value) => Math.round(value * 10) / 10;
    this.fillForm({
      x: rounded(x1), y: rounded(y1), width: rounded(Math.max(x2 - x1, 0.5)), height: rounded(Math.max(y2 - y1, 0.5)),
    });
    const form = this.root.closest("[data-room]").querySelector("[data-pinform]");
    form.closest("details").open = true;
    form.elements.note.focus();
  }
}

// The same study stays as it is on the screen, with its zoom, window and rulers; only its pins are new.
export const carry = (room, next) => {
  const [old, fresh] = [room, next].map((each) => each.querySelector("[data-images]"));
  if (!fresh || !begun.get(old)?.study || old.dataset.study !== fresh.dataset.study) return;
  for (const name of ["pins", "instance", "at"]) old.dataset[name] = fresh.dataset[name];
  fresh.replaceWith(old);
};

export const dress = (room) => {
  const root = room.querySelector("[data-images]");
  if (!root) return;
  const failed = () => { root.querySelector("[data-failed]").hidden = false; };
  let viewer = begun.get(root);
  if (viewer?.study) {
    viewer.again();
  } else {
    viewer = new Viewer(root);
    begun.set(root, viewer);
    viewer.begin().catch(failed);
  }
  const marking = room.querySelector("[data-markform]");
  if (marking) marking.hidden = false;
};

document.addEventListener("keydown", (event) => {
  const viewer = begun.get(document.querySelector("[data-images]"));
  if (viewer?.active.shown) keysBeside(viewer, event);
});
