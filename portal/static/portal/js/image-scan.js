// One pane that shows a frame: where it is drawn, what is measured on it, and where the pointer is.
import { framesOf, kept } from "./image-frames.js";
import { isColour, meaning, paint, scaleOf, valuesOf, wholeRange } from "./image-pixels.js";

const SVG = "http://www.w3.org/2000/svg";
const LEAST_ZOOM = 0.1;
const MOST_ZOOM = 20;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// The letters at the edges (PS3.3 C.7.6.2): towards which side of the body a direction points.
export const side = (vector) => {
  if (!vector) return "";
  const names = [["L", "R"], ["P", "A"], ["H", "F"]];
  return [0, 1, 2]
    .filter((axis) => Math.abs(vector[axis]) > 0.3)
    .sort((a, b) => Math.abs(vector[b]) - Math.abs(vector[a]))
    .map((axis) => names[axis][vector[axis] > 0 ? 0 : 1])
    .slice(0, 2)
    .join("");
};

export class Scan {
  constructor(element, words) {
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
    Object.assign(this, { zoom: 1, pan: { x: 0, y: 0 }, turns: 0, isInverted: false, window: null, cursor: null, from: null });
    this.rulers.clear();
  }

  // --- which frame ---

  async show(series, { index = null } = {}) {
    this.series = series;
    this.frames = framesOf(series);
    this.reset();
    this.presets = series.presets;
    this.index = -1;
    await this.go(index ?? Math.floor((this.frames.length - 1) / 2));
  }

  get frame() { return this.frames[this.index]; }

  get look() { return this.frame?.look ?? {}; }

  get scale() { return scaleOf(this.look, this.frame?.number); }

  async go(index) {
    const to = clamp(index, 0, this.frames.length - 1);
    if (!this.frames.length || to === this.index) return;
    const way = to >= this.index ? 1 : -1;
    this.index = to;
    this.changed();
    const frame = this.frames[to];
    try {
      const buffer = await kept.fetch(frame);
      if (this.frame !== frame) return; // somebody went on meanwhile
      this.values = valuesOf(buffer, frame.look);
      this.shown = frame;
      this.element.dataset.state = "shown";
      this.window ??= this.presets[0] ? { centre: this.presets[0][1], width: this.presets[0][2] } : null;
      this.window ??= wholeRange(this.values, frame.look, this.scale);
      this.repaint();
    } catch {
      if (this.frame !== frame) return;
      this.element.dataset.state = "failed";
      this.say(this.words.failed);
    }
    kept.ahead(this.frames, to, way);
  }

  changed() { this.element.dispatchEvent(new CustomEvent("so:frame", { bubbles: true })); }

  // --- how it is drawn ---

  setWindow(centre, width) {
    if (isColour(this.look)) return;
    this.window = { centre, width: Math.max(width, 1) };
    this.repaint();
  }

  fullRange() {
    if (this.values) this.setWindow(...Object.values(wholeRange(this.values, this.shown.look, this.scale)));
  }

  invert() {
    this.isInverted = !this.isInverted;
    this.repaint();
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
    this.overlay(wide, tall);
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
    this.rulers.set(this.frame.url, [...(this.rulers.get(this.frame.url) ?? []), { from, to }]);
    this.draft = null;
    this.draw();
    this.say(this.length({ from, to }));
  }

  forgetRulers() {
    this.rulers.clear();
    this.draft = null;
    this.draw();
  }

  // --- what lies over it ---

  overlay(wide, tall) {
    this.over.replaceChildren();
    this.over.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
    const placed = this.placed;
    const at = ({ column, row }) => placed.transformPoint(new DOMPoint(column, row));
    const lines = [...(this.rulers.get(this.frame.url) ?? []), ...(this.draft ? [this.draft] : [])];
    for (const line of lines) {
      const [a, b] = [at(line.from), at(line.to)];
      this.add("path", { class: "rule", d: `M${a.x} ${a.y}L${b.x} ${b.y}M${a.x - 4} ${a.y}h8M${b.x - 4} ${b.y}h8` });
      this.add("text", { class: "ruletext", x: clamp(b.x + 8, 4, wide - 90), y: clamp(b.y - 8, 16, tall - 8) }, this.length(line));
    }
    if (this.mark) {
      const [a, b] = [at(this.mark.from), at(this.mark.to)];
      this.add("rect", {
        class: "mark", x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y),
      });
    }
    if (this.cursor) {
      const { x, y } = at({ column: this.cursor.column + 0.5, row: this.cursor.row + 0.5 });
      this.add("path", { class: "cross", d: `M${x - 14} ${y}H${x - 4}M${x + 4} ${y}H${x + 14}M${x} ${y - 14}V${y - 4}M${x} ${y + 4}V${y + 14}` });
    }
    this.sides(wide, tall);
  }

  sides(wide, tall) {
    const plane = this.look.orientation;
    if (!plane) return;
    const [right, down] = [plane.slice(0, 3), plane.slice(3)];
    const against = (vector) => vector.map((part) => -part);
    const round = [right, down, against(right), against(down)]; // of the frame: right, bottom, left, top
    const of = (n) => side(round[(n + 4 - this.turns) % 4]);
    this.add("text", { class: "side", x: wide - 22, y: tall / 2 }, of(0));
    this.add("text", { class: "side", x: wide / 2, y: tall - 14 }, of(1));
    this.add("text", { class: "side", x: 10, y: tall / 2 }, of(2));
    this.add("text", { class: "side", x: wide / 2, y: 24 }, of(3));
  }

  add(name, attributes, words = "") {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = words;
    this.over.append(made);
  }

  write() {
    const { thickness, spacing, spacing_from: where, lossy } = this.look;
    const notes = [
      thickness ? this.words.slice.replace("[mm]", Math.round(thickness * 100) / 100) : "",
      spacing ? this.words[["patient", "region"].includes(where) ? "true" : "atDetector"] : this.words.noRuler,
      lossy ? this.words.lossy : "",
    ];
    const window = isColour(this.look) || !this.window ? "" : `W ${Math.round(this.window.width)} L ${Math.round(this.window.centre)}`;
    const texts = [
      [this.series.title_in_file || this.series.title, this.words.whose, (this.look.taken_at ?? "").replace("T", ", ").slice(0, 17)],
      [this.words.frame.replace("[n]", this.index + 1).replace("[count]", this.frames.length), this.pointed ?? ""],
      notes,
      [window, this.words.zoom.replace("[n]", `${Math.round(this.fit * this.zoom * 100)} %`)],
    ];
    this.corners.forEach((corner, n) => { corner.textContent = texts[n].filter(Boolean).join("\n"); });
  }

  say(words) { this.said.textContent = words; }
}
