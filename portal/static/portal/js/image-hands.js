// Pointer, fingers, wheel and keys on an image. Everything a pointer does, keys do too: for measuring and marking
// there is a cross that the arrows move.
import { areOff, inField } from "./staff.js";

const FEW = 10; // frames, or pixels, at a leap
const STEP = 40; // pixels of the screen
const NOTCH = 50; // of a wheel that rolls finely
export const ZOOM = 1.25;

const place = (element, event) => {
  const box = element.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

// Pointer ----------------------------------------------------------------------------------------

const drag = (viewer, scan, from, at) => {
  const [x, y] = [at[0] - from.at[0], at[1] - from.at[1]];
  if (from.tool === "move") {
    scan.moveBy(x, y);
    from.at = at;
  } else if (from.tool === "window" && from.window) {
    const per = Math.max(from.window.width / 300, 0.5);
    scan.setWindow(from.window.centre + y * per, from.window.width + x * per);
    viewer.byHand();
  } else if (from.tool === "ruler" && scan.canMeasure) {
    scan.draft = { from: from.spot, to: scan.spot(...at) };
    scan.draw();
  } else if (from.tool === "mark") {
    scan.mark = { from: from.spot, to: scan.spot(...at) };
    scan.draw();
  }
};

const pinch = (scan, fingers, id, at) => {
  const [other] = [...fingers].find(([key]) => key !== id).slice(1);
  const was = fingers.get(id);
  const before = Math.hypot(was[0] - other[0], was[1] - other[1]);
  const now = Math.hypot(at[0] - other[0], at[1] - other[1]);
  if (before > 0) scan.zoomBy(now / before, [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2]);
  scan.moveBy((at[0] - was[0]) / 2, (at[1] - was[1]) / 2);
};

const byPointer = (viewer, scan) => {
  const { element } = scan;
  const fingers = new Map();
  let from = null;
  element.addEventListener("pointerdown", (event) => {
    if (event.button > 1 || !scan.shown) return;
    viewer.activate(scan);
    element.setPointerCapture(event.pointerId);
    const at = place(element, event);
    fingers.set(event.pointerId, at);
    const tool = fingers.size > 1 ? "pinch" : event.button === 1 ? "move" : viewer.tool;
    if (tool === "pinch") Object.assign(scan, { draft: null, mark: null });
    from = { at, spot: scan.spot(...at), window: scan.window, tool };
  });
  element.addEventListener("pointermove", (event) => {
    if (!scan.shown) return;
    const at = place(element, event);
    scan.pointed = scan.valueAt(scan.spot(...at));
    if (!fingers.has(event.pointerId)) scan.write();
    else if (fingers.size === 2) pinch(scan, fingers, event.pointerId, at);
    else if (from) drag(viewer, scan, from, at);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, at);
  });
  element.addEventListener("pointerleave", () => {
    scan.pointed = "";
    scan.write();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    element.addEventListener(end, (event) => {
      fingers.delete(event.pointerId);
      const isDone = end === "pointerup" && from && scan.shown;
      if (isDone && from.tool === "ruler" && scan.draft) scan.ruler(scan.draft.from, scan.draft.to);
      if (isDone && from.tool === "ruler" && !scan.canMeasure) scan.say(viewer.words.noSpacing);
      if (isDone && from.tool === "mark" && scan.mark) viewer.marked(scan);
      scan.draft = null;
      from = null;
    });
  }
};

const byWheel = (viewer, scan) => {
  const { element } = scan;
  let rolled = 0;
  element.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && (scan.frames?.length ?? 0) < 2) return; // one image: the page scrolls
    event.preventDefault();
    viewer.activate(scan);
    if (event.ctrlKey) {
      scan.zoomBy(event.deltaY < 0 ? 1.1 : 1 / 1.1, place(element, event));
      return;
    }
    rolled = event.deltaMode || Math.abs(event.deltaY) >= NOTCH ? Math.sign(event.deltaY) * NOTCH : rolled + event.deltaY;
    if (Math.abs(rolled) < NOTCH) return;
    viewer.stop();
    scan.go(scan.index + Math.sign(rolled));
    rolled = 0;
  }, { passive: false });
};

// Keys -------------------------------------------------------------------------------------------

const keys = (viewer, scan, { key, shiftKey }) => {
  if (areOff() && key.length === 1 && key !== " ") return null;
  const isLarge = scan.zoom > 1;
  const moved = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[key];
  if (moved && (shiftKey || (isLarge && key !== "ArrowUp" && key !== "ArrowDown"))) return () => scan.moveBy(...moved);
  const to = (index) => () => { viewer.stop(); scan.go(index); };
  return {
    ArrowUp: to(scan.index - 1), ArrowDown: to(scan.index + 1), ArrowLeft: to(scan.index - 1), ArrowRight: to(scan.index + 1),
    PageUp: to(scan.index - FEW), PageDown: to(scan.index + FEW), Home: to(0), End: to(scan.frames.length - 1),
    "+": () => scan.zoomBy(ZOOM), "=": () => scan.zoomBy(ZOOM), "-": () => scan.zoomBy(1 / ZOOM), 0: () => scan.fitPane(),
    "[": () => viewer.narrower(0.9), "]": () => viewer.narrower(1 / 0.9),
    ",": () => viewer.brighter(-1), ".": () => viewer.brighter(1),
    i: () => scan.invert(), r: () => scan.turn(), " ": () => viewer.run(), c: () => viewer.compare(),
    m: () => takeCross(viewer, scan, "ruler"), q: viewer.canMark ? () => takeCross(viewer, scan, "mark") : null,
    n: () => viewer.nextSeries(1), b: () => viewer.nextSeries(-1), Delete: () => scan.forgetRulers(),
  }[key];
};

const take = (viewer, scan, event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !scan.shown) return;
  const does = scan.cursor ? crossKeys(viewer, scan, event) : keys(viewer, scan, event);
  if (!does) return;
  event.preventDefault();
  event.stopPropagation();
  does();
};

const byKeys = (viewer, scan) => scan.element.addEventListener("keydown", (event) => take(viewer, scan, event));

// What has the focus keeps the keys it needs itself; beside the image the others go to the image.
const MOVES = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"];
const keeps = (element, key) => {
  if (element.closest("[data-scan], .is-records, .is-opinion, dialog")) return true;
  if (element.closest("a, button, summary, input[type=radio], input[type=range]") && [" ", "Enter"].includes(key)) return true;
  if (element.closest("input[type=radio], input[type=range]")) return MOVES.includes(key);
  return Boolean(inField(element));
};

const isInView = ({ element }) => {
  const { top, bottom, height } = element.getBoundingClientRect();
  return height > 0 && Math.min(bottom, innerHeight) - Math.max(top, 0) > height / 2;
};

// Wherever the focus is on the page, as long as the image is in view; then a cross takes it there.
export const keysBeside = (viewer, event) => {
  const scan = viewer.active;
  if (areOff() || event.defaultPrevented || keeps(event.target, event.key) || !isInView(scan)) return;
  const had = scan.cursor;
  take(viewer, scan, event);
  if (scan.cursor && !had) scan.element.focus({ preventScroll: true });
};

// The cross --------------------------------------------------------------------------------------

const centre = ({ cursor }) => ({ column: cursor.column + 0.5, row: cursor.row + 0.5 });

export const takeCross = (viewer, scan, tool) => {
  viewer.pick(tool);
  if (!scan.shown || (tool === "ruler" && !scan.canMeasure)) return;
  const { rows, columns } = scan.look;
  scan.cursor = { column: Math.floor(columns / 2), row: Math.floor(rows / 2) };
  scan.from = null;
  tell(viewer, scan, viewer.words.cross);
  scan.draw();
};

const leaveCross = (scan) => {
  Object.assign(scan, { cursor: null, from: null, draft: null, pointed: "" });
  scan.draw();
};

const moveCross = (viewer, scan, [columns, rows]) => {
  const clamp = (value, high) => Math.min(Math.max(value, 0), high - 1);
  scan.cursor = {
    column: clamp(scan.cursor.column + columns, scan.look.columns), row: clamp(scan.cursor.row + rows, scan.look.rows),
  };
  const to = centre(scan);
  if (scan.from && viewer.tool === "ruler") scan.draft = { from: scan.from, to };
  if (scan.from && viewer.tool === "mark") scan.mark = { from: scan.from, to };
  scan.pointed = scan.valueAt(scan.cursor);
  tell(viewer, scan, scan.draft ? scan.length(scan.draft) : scan.pointed);
  scan.draw();
};

const setPoint = (viewer, scan) => {
  const at = centre(scan);
  if (!scan.from) {
    scan.from = at;
    tell(viewer, scan, viewer.words.second);
    return;
  }
  const { from } = scan;
  clearTimeout(viewer.telling);
  leaveCross(scan);
  if (viewer.tool === "ruler") {
    scan.ruler(from, at);
  } else {
    scan.mark = { from, to: at };
    scan.draw();
    viewer.marked(scan);
  }
};

const crossKeys = (viewer, scan, { key, shiftKey }) => {
  const by = shiftKey ? FEW : 1;
  const way = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[key];
  if (way) return () => moveCross(viewer, scan, way);
  if (key === "Enter") return () => setPoint(viewer, scan);
  if (key === "Escape") return () => { scan.mark = null; leaveCross(scan); scan.say(""); };
  return null;
};

const tell = (viewer, scan, words) => {
  clearTimeout(viewer.telling);
  viewer.telling = setTimeout(() => scan.say(words), 150);
};

export const listenTo = (viewer, scan) => {
  scan.element.addEventListener("focusin", () => viewer.activate(scan));
  byPointer(viewer, scan);
  byWheel(viewer, scan);
  byKeys(viewer, scan);
};
