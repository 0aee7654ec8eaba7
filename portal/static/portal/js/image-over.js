// What lies over a frame: rulers, pins, the cross of the keyboard, and the sides of the body.
const SVG = "http://www.w3.org/2000/svg";
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

const add = (scan, name, attributes, words = "") => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = words;
  scan.over.append(made);
};

const box = (scan, name, a, b) => {
  add(scan, "rect", {
    class: name, x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y),
  });
};

const pin = (scan, [number, instance, frame, [x, y, width, height], isWanted], at, wide) => {
  if (scan.shown.instance !== instance || scan.shown.number !== frame) return;
  const { rows, columns } = scan.shown.look;
  const corner = (across, down) => at({ column: across * columns / 1000, row: down * rows / 1000 });
  const [a, b] = [corner(x, y), corner(x + width, y + height)];
  box(scan, isWanted ? "pin is-wanted" : "pin", a, b);
  const head = { x: clamp(Math.max(a.x, b.x), 14, wide - 14), y: Math.max(Math.min(a.y, b.y), 14) };
  add(scan, "circle", { class: "pinhead", cx: head.x, cy: head.y, r: 11 });
  add(scan, "text", { class: "pintext", x: head.x, y: head.y + 4.5, "text-anchor": "middle" }, number);
};

const sides = (scan, wide, tall) => {
  const plane = scan.look.orientation;
  if (!plane) return;
  const [right, down] = [plane.slice(0, 3), plane.slice(3)];
  const against = (vector) => vector.map((part) => -part);
  const round = [right, down, against(right), against(down)]; // of the frame: right, bottom, left, top
  const of = (n) => side(round[(n + 4 - scan.turns) % 4]);
  add(scan, "text", { class: "side", x: wide - 22, y: tall / 2 }, of(0));
  add(scan, "text", { class: "side", x: wide / 2, y: tall - 14 }, of(1));
  add(scan, "text", { class: "side", x: 10, y: tall / 2 }, of(2));
  add(scan, "text", { class: "side", x: wide / 2, y: 24 }, of(3));
};

export const drawOver = (scan, wide, tall) => {
  scan.over.replaceChildren();
  scan.over.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
  const placed = scan.placed;
  const at = ({ column, row }) => placed.transformPoint(new DOMPoint(column, row));
  const lines = [...(scan.rulers.get(scan.shown.url) ?? []), ...(scan.draft ? [scan.draft] : [])];
  for (const line of lines) {
    const [a, b] = [at(line.from), at(line.to)];
    const long = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const [x, y] = [(a.y - b.y) / long * 5, (b.x - a.x) / long * 5]; // across the line, at both ends
    const end = (spot) => `M${spot.x - x} ${spot.y - y}L${spot.x + x} ${spot.y + y}`;
    add(scan, "path", { class: "rule", d: `M${a.x} ${a.y}L${b.x} ${b.y}${end(a)}${end(b)}` });
    add(scan, "text", { class: "ruletext", x: clamp(b.x + 8, 4, wide - 90), y: clamp(b.y - 8, 16, tall - 8) }, scan.length(line));
  }
  for (const each of scan.pins()) pin(scan, each, at, wide);
  if (scan.mark) box(scan, "mark", at(scan.mark.from), at(scan.mark.to));
  if (scan.cursor) {
    const { x, y } = at({ column: scan.cursor.column + 0.5, row: scan.cursor.row + 0.5 });
    add(scan, "path", { class: "cross", d: `M${x - 14} ${y}H${x - 4}M${x + 4} ${y}H${x + 14}M${x} ${y - 14}V${y - 4}M${x} ${y + 4}V${y + 14}` });
  }
  sides(scan, wide, tall);
};
