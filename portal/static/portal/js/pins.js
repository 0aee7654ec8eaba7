// Marking a region of a page: by dragging over it, or a box moved with the arrow keys. The form beside it does
// the same with numbers, without this module.
const STEP = 1; // per cent
const LEAST = 0.5;
const SIDES = ["x", "y", "width", "height"];

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const rounded = (value) => Math.round(value * 10) / 10;

class Marking {
  constructor(room, form) {
    this.room = room;
    this.form = form;
    this.stage = room.querySelector("[data-stage]");
    this.button = room.querySelector("[data-mark]");
    this.fold = form.closest("[data-markform]");
    this.sheet = room.querySelector("[data-sheet]");
    this.button.hidden = false;
    this.form.querySelector("[data-markkeys]").hidden = false;
    this.form.querySelector("[data-markhelp]").hidden = true;
    this.button.addEventListener("click", () => (this.box ? this.leave() : this.begin()));
    this.fold.addEventListener("toggle", () => (this.fold.open ? this.begin({ focus: false }) : this.leave()));
    this.form.addEventListener("input", () => this.show());
    this.stage.addEventListener("pointerdown", (event) => this.press(event));
    this.stage.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) this.stage.addEventListener(end, () => { this.from = null; });
  }

  begin({ focus = true } = {}) {
    if (!this.box) {
      this.box = document.createElement("div");
      this.box.className = "so-box";
      this.box.dataset.box = "";
      this.box.tabIndex = 0;
      this.box.setAttribute("role", "group");
      this.box.setAttribute("aria-label", this.fold.querySelector("summary").textContent);
      this.box.setAttribute("aria-description", this.form.querySelector("[data-markkeys]").textContent);
      this.box.addEventListener("keydown", (event) => this.key(event));
      this.set({ x: 35, y: 35, width: 30, height: 10 });
    }
    this.fold.open = true;
    this.button.setAttribute("aria-pressed", "true");
    this.stage.dataset.marking = "yes";
    this.show();
    if (focus) this.box.focus();
  }

  leave() {
    if (!this.box) return;
    this.box.remove();
    this.box = null;
    delete this.stage.dataset.marking;
    this.button.setAttribute("aria-pressed", "false");
    this.fold.open = false;
    this.button.focus();
  }

  get region() {
    return Object.fromEntries(SIDES.map((side) => [side, Number(this.form.elements[side].value) || 0]));
  }

  set({ x, y, width, height }) {
    const wide = clamp(width, LEAST, 100);
    const high = clamp(height, LEAST, 100);
    const region = { x: clamp(x, 0, 100 - wide), y: clamp(y, 0, 100 - high), width: wide, height: high };
    for (const side of SIDES) this.form.elements[side].value = rounded(region[side]);
    this.show();
  }

  show() {
    if (!this.box) return;
    const { x, y, width, height } = this.region;
    const leaf = this.sheet.querySelector("[data-leaf]");
    if (this.box.parentElement !== leaf) leaf.append(this.box); // to put it there again would take its focus
    this.form.elements.page.value = this.sheet.dataset.pageNumber;
    this.box.style.left = `${x}%`;
    this.box.style.top = `${y}%`;
    this.box.style.width = `${width}%`;
    this.box.style.height = `${height}%`;
    this.tell({ "%x": x, "%y": y, "%w": width, "%h": height });
  }

  tell(values) {
    clearTimeout(this.telling);
    const words = Object.entries(values).reduce((all, [mark, value]) => all.replace(mark, Math.round(value)), this.form.dataset.where);
    this.telling = setTimeout(() => { this.form.querySelector("[data-markis]").textContent = words; }, 400);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ways = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    const way = ways[event.key];
    if (way) {
      const region = this.region;
      const sides = event.shiftKey ? ["width", "height"] : ["x", "y"];
      sides.forEach((side, n) => { region[side] += way[n]; });
      this.set(region);
    } else if (event.key === "Enter") {
      this.form.requestSubmit();
    } else if (event.key === "Escape") {
      this.leave();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  // A point on the screen as per cent of the page, also where the page is turned.
  spot(event) {
    const frame = this.sheet.getBoundingClientRect();
    const across = (event.clientX - frame.left) / frame.width;
    const down = (event.clientY - frame.top) / frame.height;
    const turned = [[across, down], [down, 1 - across], [1 - across, 1 - down], [1 - down, across]];
    return turned[Number(this.sheet.dataset.turns) || 0].map((part) => clamp(part * 100, 0, 100));
  }

  press(event) {
    const sheet = event.target.closest("[data-sheet]");
    if (!this.box || !sheet || event.button) return;
    event.preventDefault();
    this.sheet = sheet;
    this.from = this.spot(event);
    this.stage.setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (!this.from) return;
    const [x, y] = this.spot(event);
    const [left, top] = this.from;
    this.set({ x: Math.min(x, left), y: Math.min(y, top), width: Math.abs(x - left), height: Math.abs(y - top) });
  }
}

export const dress = (room) => {
  const form = room.querySelector("[data-pinform]");
  if (form && room.querySelector("[data-mark]")) new Marking(room, form);
};

// "Insert" puts [2] where one was writing last.
let lastText = null;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("form[data-opinion] textarea")) lastText = event.target;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  const text = lastText?.isConnected ? lastText : document.querySelector("form[data-opinion] textarea");
  const before = text.value.slice(0, text.selectionStart);
  const after = text.value.slice(text.selectionEnd);
  const space = before && !/\s$/.test(before) ? " " : "";
  const behind = /^[\p{L}\p{N}]/u.test(after) ? " " : "";
  text.setRangeText(space + button.dataset.insert + behind, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
});

export const offer = (room) => {
  for (const button of room.querySelectorAll("[data-insert]")) button.hidden = false;
};
