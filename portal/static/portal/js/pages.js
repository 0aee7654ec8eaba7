// A page as a picture: waiting for it, zoom, fit, rotation, panning by hand, and keys. `dress(room)` is called
// again whenever the page pane was replaced. Every link works without this module.
import { areOff, inField } from "./staff.js";

const STEPS = [0.25, 0.33, 0.5, 0.67, 0.75, 1, 1.25, 1.5, 2, 3, 4];
const SHARPER = 1.15; // how much larger than drawn a picture may be shown before a sharp one is fetched
const PATIENCE = 5 * 60 * 1000;
export const view = { mode: "width", scale: 1 };

// Waiting ---------------------------------------------------------------------------------
// A picture that isn't drawn yet answers 202 with an empty sheet; asking again says when it is there.

const pause = (time) => new Promise((done) => { setTimeout(done, time); });

const whenDrawn = async (image, address) => {
  const began = Date.now();
  for (let wait = 500; Date.now() - began < PATIENCE; wait = Math.min(wait * 1.4, 4000)) {
    if (!image.isConnected || image.dataset.wants !== address) return false;
    const answer = await fetch(address, { method: "HEAD" }).catch(() => null);
    if (answer?.status === 200) return true;
    if (answer && answer.status !== 202 && answer.status < 500) return false; // it can't be drawn, or is gone
    await pause(wait);
  }
  return false;
};

const show = async (image, address) => {
  image.dataset.wants = address;
  if (!await whenDrawn(image, address) || image.dataset.wants !== address) return;
  image.src = `${address}?drawn`; // another address: the empty sheet may still be kept under the first
  delete image.dataset.wait;
  const sheet = image.closest("[data-sheet]");
  const note = sheet && image.closest("[data-page]").querySelector(`[data-drawing="${sheet.dataset.pageNumber}"]`);
  if (note) note.hidden = true;
};

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    show(target, target.getAttribute("src"));
  }
}, { rootMargin: "200px" });

// Where it stands ------------------------------------------------------------------------------

const stageOf = (room) => room.querySelector("[data-stage]");
const sheetsOf = (room) => [...room.querySelectorAll("[data-sheet]")];
const turnsOf = (sheet) => Number(sheet.dataset.turns) || 0;

const sizeOf = (sheet) => {
  const image = sheet.querySelector("img");
  const [width, height] = [Number(image.getAttribute("width")), Number(image.getAttribute("height"))];
  return turnsOf(sheet) % 2 ? [height, width] : [width, height];
};

const scaleFor = (stage, sheets) => {
  if (view.mode === "set") return view.scale;
  const room = stage.clientWidth / sheets.length - 32;
  const widest = Math.max(...sheets.map((sheet) => sizeOf(sheet)[0]));
  const tallest = Math.max(...sheets.map((sheet) => sizeOf(sheet)[1]));
  const byWidth = Math.min(room / widest, 1.5);
  if (view.mode === "width") return byWidth;
  const height = Math.max(Math.min(stage.clientHeight, innerHeight) - 32, 160);
  return Math.min(byWidth, height / tallest);
};

const place = (sheet, scale) => {
  const leaf = sheet.querySelector("[data-leaf]");
  const image = sheet.querySelector("img");
  const width = Number(image.getAttribute("width")) * scale;
  const height = Number(image.getAttribute("height")) * scale;
  const isLying = turnsOf(sheet) % 2 === 1;
  leaf.style.width = `${width}px`;
  leaf.style.height = `${height}px`;
  leaf.style.transform = `translate(-50%, -50%) rotate(${turnsOf(sheet) * 90}deg)`;
  sheet.style.width = `${isLying ? height : width}px`;
  sheet.style.height = `${isLying ? width : height}px`;
  sheet.classList.add("is-placed");
  if (sheet.dataset.sharp && width * devicePixelRatio > Number(image.getAttribute("width")) * SHARPER) {
    if (image.dataset.wants !== sheet.dataset.sharp) show(image, sheet.dataset.sharp);
  }
};

export const draw = (room) => {
  const stage = stageOf(room);
  const sheets = sheetsOf(room);
  if (!stage || !sheets.length) return;
  const scale = scaleFor(stage, sheets);
  view.scale = scale;
  for (const sheet of sheets) place(sheet, scale);
  // What can be scrolled by hand must be reachable by keys.
  const isLarge = stage.scrollWidth > stage.clientWidth + 1 || stage.scrollHeight > stage.clientHeight + 1;
  if (isLarge) stage.tabIndex = 0;
  else stage.removeAttribute("tabindex");
  stage.classList.toggle("is-large", isLarge);
  const said = room.querySelector("[data-zoom-is]");
  if (said) said.textContent = `${Math.round(scale * 100)} %`;
};

// Round the middle of what is seen, so that nobody loses their place.
const zoomTo = (room, change) => {
  const stage = stageOf(room);
  if (!stage) return;
  const middle = () => [stage.scrollLeft + stage.clientWidth / 2, stage.scrollTop + stage.clientHeight / 2];
  const before = middle();
  const size = [stage.scrollWidth, stage.scrollHeight];
  change();
  draw(room);
  stage.scrollLeft = before[0] * stage.scrollWidth / size[0] - stage.clientWidth / 2;
  stage.scrollTop = before[1] * stage.scrollHeight / size[1] - stage.clientHeight / 2;
};

const set = (scale) => { view.mode = "set"; view.scale = scale; };
const acts = {
  in: () => set(STEPS.find((step) => step > view.scale + 0.01) ?? view.scale),
  out: () => set(STEPS.findLast((step) => step < view.scale - 0.01) ?? view.scale),
  width: () => { view.mode = "width"; },
  whole: () => { view.mode = "whole"; },
  real: () => set(1),
};

const rotate = (room) => {
  for (const sheet of sheetsOf(room)) {
    const turns = (turnsOf(sheet) + 1) % 4;
    sheet.dataset.turns = String(turns);
    keep(room, sheet, turns);
  }
  draw(room);
};

// Kept for this reader, one turn after the other, so that the last one stays; turned all the same where that fails.
let keeping = Promise.resolve();
const keep = (room, sheet, turns) => {
  const token = room.ownerDocument.querySelector("[name=csrfmiddlewaretoken]")?.value;
  const body = new URLSearchParams({ page: sheet.dataset.pageNumber, turns: String(turns), csrfmiddlewaretoken: token ?? "" });
  const { turnUrl } = stageOf(room).dataset;
  keeping = keeping.then(() => fetch(turnUrl, { method: "POST", body, keepalive: true })).catch(() => {});
};

// By hand ------------------------------------------------------------------------------------

const drag = (stage) => {
  let from = null;
  stage.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button || stage.dataset.marking) return;
    from = [event.clientX + stage.scrollLeft, event.clientY + stage.scrollTop];
    stage.setPointerCapture(event.pointerId);
    stage.classList.add("is-held");
  });
  stage.addEventListener("pointermove", (event) => {
    if (!from) return;
    stage.scrollLeft = from[0] - event.clientX;
    stage.scrollTop = from[1] - event.clientY;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    stage.addEventListener(end, () => {
      from = null;
      stage.classList.remove("is-held");
    });
  }
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomTo(stage.closest("[data-room]"), event.deltaY < 0 ? acts.in : acts.out);
  }, { passive: false });
};

// Keys ---------------------------------------------------------------------------------------
// Single keys that sit on a button or link (`data-key`) are pressed by staff.js; these have none of their own.

const scrolls = (stage, key) => {
  if (!stage) return false;
  const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = stage;
  return {
    ArrowLeft: left > 1,
    ArrowRight: left + width < stage.scrollWidth - 2,
    PageUp: top > 1,
    PageDown: top + height < stage.scrollHeight - 2,
  }[key] ?? false;
};

const press = (room, selector) => room.querySelector(selector)?.click();

const byKey = (room, event) => {
  const stage = stageOf(room);
  const { key } = event;
  if (scrolls(stage, key)) {
    if (key.startsWith("Arrow")) stage.scrollBy({ left: key === "ArrowLeft" ? -80 : 80 });
    else stage.scrollBy({ top: (key === "PageUp" ? -0.85 : 0.85) * stage.clientHeight });
    return true;
  }
  const edges = room.querySelector("[data-edge-first]")?.dataset;
  const go = (address) => room.dispatchEvent(new CustomEvent("so:go", { detail: address }));
  const does = {
    PageUp: () => press(room, "[data-go=before]"),
    PageDown: () => press(room, "[data-go=after]"),
    Home: () => edges && go(edges.edgeFirst),
    End: () => edges && go(edges.edgeLast),
    "=": () => press(room, "[data-zoom=in]"),
    1: () => zoomTo(room, acts.real),
  }[key];
  if (!does || !sheetsOf(room).length) return false;
  does();
  return true;
};

export const listen = (room) => {
  room.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (!button) return;
    if (button.dataset.zoom === "turn") rotate(room);
    else zoomTo(room, acts[button.dataset.zoom]);
  });
  // First of all listeners: what scrolls the page does not turn it.
  document.addEventListener("keydown", (event) => {
    if (areOff() || event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
    if (event.target.closest(".is-opinion, .is-records, [data-box], dialog")) return;
    if (!byKey(room, event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
  addEventListener("resize", () => draw(room));
  for (const button of document.querySelectorAll("[data-keys-open]")) {
    button.hidden = false;
    button.addEventListener("click", () => document.querySelector("[data-keys-list]").showModal());
  }
};

export const dress = (room) => {
  for (const button of room.querySelectorAll("[data-zoom]")) button.hidden = false;
  for (const button of room.querySelectorAll("[data-goto] button")) button.hidden = true; // Enter does it
  for (const image of room.querySelectorAll("img[data-wait]")) seen.observe(image);
  const stage = stageOf(room);
  if (stage) drag(stage);
  draw(room);
  room.querySelector(".so-film [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  const marked = room.querySelector(".so-over .is-wanted, .so-over .hit");
  if (marked && stage) {
    const [spot, frame] = [marked.getBoundingClientRect(), stage.getBoundingClientRect()];
    if (spot.bottom > frame.bottom) stage.scrollTop += spot.top - frame.top - frame.height / 3;
  }
};
