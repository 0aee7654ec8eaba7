// One pane that shows a frame: where it is drawn, what is measured on it, and where the pointer is.
import { framesOf, kept } from "./image-frames.js";
import { drawOver } from "./image-over.js";
import { isColour, meaning, paint, scaleOf, valuesOf, wholeRange } from "./image-pixels.js";

const LEAST_ZOOM = 0.1;
const MOST_ZOOM = 20;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// 6 Nov 2026, as everywhere
const dayOf = (text) => {
  const date = new Date(`${text}T00:00`);
  if (Number.isNaN(date.getTime())) return "";
  const month = date.toLocaleDateString(document.documentElement.lang || undefined, { month: "short" });
  return `${date.getDate()} ${month} ${date.getFullYear()}`;
};

export class Scan {
  // `words`: what it says; `pins()`: [[number, file, frame, region in thousandths, is wanted], …]
  constructor(element, words, pins) {
    this.pins = pins;
    this.element = element;
    this.words = words;
    this.canvas = element.querySelector("canvas");
    this.over = element.querySelector("svg");
    this.corners = [...element.querySelectorAll("[data-corner]")];
    this.said = element.querySelector("[data-scan-said]");
    this.sheet = document.createElement("canvas");
    this.rulers = new Map();
    this.reset();
    new ResizeObserver(() => this.draw()).observe(element);
  }

  reset() {
    Object.assign(this, {
      zoom: 1, pan: { x: 0, y: 0 }, turns: 0, isInverted: false, window: null, chosen: 0,
      cursor: null, from: null, draft: null, mark: null, pointed: "",
    });
    this.rulers.clear();
  }

  // --- which frame ---

  async show(series, { index = null } = {}) {
    this.series = series;
    this.frames = framesOf(series);
    this.reset();
    this.presets = series.presets;
    this.index = -1;
    this.blank();
    await this.go(index ?? Math.floor((this.frames.length - 1) / 2));
  }

  get frame() { return this.frames[this.index]; }

  get look() { return (this.shown ?? this.frame)?.look ?? {}; }

  get scale() { return scaleOf(this.look, this.shown?.number); }

  // Never one picture under the words of another.
  blank() {
    Object.assign(this, { values: null, shown: null });
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.over.replaceChildren();
    for (const corner of this.corners) corner.textContent = "";
  }

  async go(index) {
    const to = clamp(index, 0, this.frames.length - 1);
    if (!this.frames.length || to === this.index) return;
    const way = to >= this.index ? 1 : -1;
    this.index = to;
    Object.assign(this, { cursor: null, from: null, draft: null, mark: null });
    this.changed();
    const frame = this.frames[to];
    try {
      const buffer = await kept.fetch(frame);
      if (this.frame !== frame) return; // somebody went on meanwhile
      this.values = valuesOf(buffer, frame.look);
      this.shown = frame;
      this.shownAt = to;
      this.element.dataset.state = "shown";
      this.window ??= this.presets[0] ? { centre: this.presets[0][1], width: this.presets[0][2] } : null;
      this.window ??= wholeRange(this.values, frame.look, this.scale);
      this.repaint();
      this.say("");
    } catch {
      if (this.frame !== frame) return;
      this.element.dataset.state = "failed";
      this.blank();
      this.say(this.words.failed);
    }
    kept.ahead(this.frames, to, way);
  }

  // So that slider and buttons say it too.
  changed() { this.element.dispatchEvent(new CustomEvent("so:frame", { bubbles: true })); }

  // --- how it is drawn ---

  setWindow(centre, width) {
    if (isColour(this.look) || !this.values) return;
    this.window = { centre, width: Math.max(width, 1) };
    this.repaint();
  }

  fullRange() {
    if (!this.values) return;
    const { centre, width } = wholeRange(this.values, this.look, this.scale);
    this.setWindow(centre, width);
  }

  invert() {
    this.isInverted = !this.isInverted;
    this.repaint();
    this.changed();
  }

  repaint() {
    if (!this.values) return;
    const { rows, columns } = this.shown.look;
    [this.sheet.width, this.sheet.height] = [columns, rows];
    const ink = this.sheet.getContext("2d");
    const image = ink.createImageData(columns, rows);
    paint(image, this.values, this.shown.look, this.scale, this.window, this.isInverted);
    ink.putImageData(image, 0, 0);
    this.draw();
  }

  // One pixel of the frame in pixels of the screen, where it fits the pane.
  get fit() {
    const { rows = 1, columns = 1, aspect = 1 } = this.shown?.look ?? {};
    const [wide, tall] = [columns, rows * aspect];
    const [across, down] = this.turns % 2 ? [tall, wide] : [wide, tall];
    return Math.min(this.element.clientWidth / across, this.element.clientHeight / down);
  }

  // From the frame's pixels to the pane's, and back.
  get placed() {
    const { rows, columns, aspect = 1 } = this.shown.look;
    const by = this.fit * this.zoom;
    return new DOMMatrix()
      .translate(this.element.clientWidth / 2 + this.pan.x, this.element.clientHeight / 2 + this.pan.y)
      .rotate(this.turns * 90)
      .scale(by, by * aspect)
      .translate(-columns / 2, -rows / 2);
  }

  draw() {
    if (!this.shown) return;
    const [wide, tall, dense] = [this.element.clientWidth, this.element.clientHeight, devicePixelRatio || 1];
    [this.canvas.width, this.canvas.height] = [wide * dense, tall * dense];
    const ink = this.canvas.getContext("2d");
    ink.setTransform(new DOMMatrix().scale(dense, dense).multiply(this.placed));
    ink.imageSmoothingEnabled = this.fit * this.zoom < 3; // near enough, pixels are seen as they are
    ink.drawImage(this.sheet, 0, 0);
    drawOver(this, wide, tall);
    this.write();
  }

  zoomBy(factor, at = null) {
    const before = this.zoom;
    this.zoom = clamp(before * factor, LEAST_ZOOM, MOST_ZOOM);
    const [x, y] = at ?? [this.element.clientWidth / 2, this.element.clientHeight / 2];
    const grown = this.zoom / before;
    const [fromX, fromY] = [x - this.element.clientWidth / 2, y - this.element.clientHeight / 2];
    this.pan = { x: fromX - (fromX - this.pan.x) * grown, y: fromY - (fromY - this.pan.y) * grown };
    this.draw();
  }

  moveBy(x, y) {
    this.pan = { x: this.pan.x + x, y: this.pan.y + y };
    this.draw();
  }

  fitPane() {
    Object.assign(this, { zoom: 1, pan: { x: 0, y: 0 } });
    this.draw();
  }

  turn() {
    this.turns = (this.turns + 1) % 4;
    this.draw();
  }

  // --- measuring ---

  spot(x, y) {
    const { x: column, y: row } = this.placed.inverse().transformPoint(new DOMPoint(x, y));
    return { column, row };
  }

  // "(123, 45) −73 HU", or nothing outside of the picture.
  valueAt({ column, row }) {
    const { rows, columns } = this.shown?.look ?? {};
    const [x, y] = [Math.floor(column), Math.floor(row)];
    if (!this.values || x < 0 || y < 0 || x >= columns || y >= rows) return "";
    const at = y * columns + x;
    const value = isColour(this.look)
      ? [...this.values.slice(at * 3, at * 3 + 3)].join(" ")
      : Math.round(meaning(this.values, at, this.look, this.scale) * 100) / 100;
    const unit = this.series.modality === "CT" ? " HU" : "";
    return `(${x}, ${y}) ${value}${unit}`;
  }

  get canMeasure() { return Boolean(this.look.spacing); }

  length({ from, to }) {
    const [rowMm, columnMm] = this.look.spacing;
    const mm = Math.hypot((to.column - from.column) * columnMm, (to.row - from.row) * rowMm);
    const words = ["patient", "region"].includes(this.look.spacing_from) ? this.words.mm : this.words.mmAtDetector;
    return words.replace("[mm]", mm.toFixed(1));
  }

  ruler(from, to) {
    if (!this.canMeasure) {
      this.say(this.words.noSpacing);
      return;
    }
    this.rulers.set(this.shown.url, [...(this.rulers.get(this.shown.url) ?? []), { from, to }]);
    this.draft = null;
    this.draw();
    this.say(this.length({ from, to }));
  }

  forgetRulers() {
    this.rulers.clear();
    this.draft = null;
    this.draw();
  }

  // When this image was taken, as the file says it (it names no zone), and the day of the study where it is another.
  get dates() {
    const [day, time] = (this.look.taken_at ?? "").split("T");
    const [taken, study] = [dayOf(day), dayOf(this.words.studyOn)];
    return [
      taken && this.words.taken.replace("[when]", time ? `${taken}, ${time.slice(0, 5)}` : taken),
      !study || study === taken ? "" : this.words.study.replace("[day]", study),
    ];
  }

  write() {
    if (!this.shown) return;
    const { thickness, spacing, spacing_from: where, lossy } = this.look;
    const notes = [
      thickness ? this.words.slice.replace("[mm]", Math.round(thickness * 100) / 100) : "",
      spacing ? this.words[["patient", "region"].includes(where) ? "true" : "atDetector"] : this.words.noRuler,
      lossy ? this.words.lossy : "",
    ];
    const window = isColour(this.look) || !this.window ? "" : `W ${Math.round(this.window.width)} L ${Math.round(this.window.centre)}`;
    const texts = [
      [this.series.title_in_file || this.series.title, this.words.frame.replace("[n]", this.shownAt + 1).replace("[count]", this.frames.length), ...this.dates],
      [this.words.whose],
      notes,
      [this.pointed, window, this.words.zoom.replace("[n]", `${Math.round(this.fit * this.zoom * 100)} %`)],
    ];
    this.corners.forEach((corner, n) => { corner.textContent = texts[n].filter(Boolean).join("\n"); });
  }

  say(words) { this.said.textContent = words; }
}
