// The reading room: turning to a record or a page without losing what is being written beside it, and
// zoom, fit and rotation of the page. Every link works without this module.
const room = document.querySelector("[data-room]");
const STEPS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];
const view = { scale: 1, turns: 0 };

// Turning ---------------------------------------------------------------------------------

const PARTS = [".so-pane.is-records", ".so-pane.is-page", ".so-panes"];

// Saving by button comes back to the page that is shown.
const comeBackHere = () => {
  const back = room.querySelector("form[data-opinion] [name=back]");
  if (back) back.value = location.pathname + location.search;
};

const turn = async (url, { push = true } = {}) => {
  const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("[data-room]");
  if (!answer.ok || !next) { // gone, or signed out: the server's own page says so
    location.assign(url);
    return;
  }
  const scrolled = room.querySelector(".is-records").scrollTop;
  for (const part of PARTS) room.querySelector(part).replaceWith(next.querySelector(part));
  room.querySelector(".is-records").scrollTop = scrolled;
  room.dataset.pane = next.dataset.pane;
  if (push) history.pushState(null, "", url);
  view.turns = 0;
  comeBackHere();
  dress();
};

// The page takes the focus when it is what the person asked for; a button of the tool bar keeps it.
const focusAfter = (link) => {
  const label = link.closest(".so-tools") && link.getAttribute("aria-label");
  return () => {
    const again = label && room.querySelector(`.so-tools [aria-label="${CSS.escape(label)}"]`);
    (again || room.querySelector("[data-page]")).focus({ preventScroll: Boolean(again) });
  };
};

room.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-turn]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const focus = focusAfter(link);
  await turn(link.href);
  focus();
});

// Between panes on a narrow screen nothing is fetched: all three are here.
room.addEventListener("click", (event) => {
  const link = event.target.closest(".so-panes a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  room.dataset.pane = new URL(link.href).searchParams.get("pane");
  for (const each of room.querySelectorAll(".so-panes a")) each.removeAttribute("aria-current");
  link.setAttribute("aria-current", "page");
  history.replaceState(null, "", link.href);
  comeBackHere();
  scrollTo(0, 0);
});

window.addEventListener("popstate", () => turn(location.href, { push: false }));

// Zoom ------------------------------------------------------------------------------------

const draw = () => {
  const sheet = room.querySelector("[data-sheet]");
  const image = sheet?.querySelector("img");
  if (!image) return;
  const [width, height] = [Number(image.getAttribute("width")), Number(image.getAttribute("height"))];
  const isLying = view.turns % 2 === 1;
  const room_for = sheet.parentElement.clientWidth - 32;
  const fit = Math.min(room_for / (isLying ? height : width), 608 / (isLying ? height : width));
  const [wide, tall] = [width * fit * view.scale, height * fit * view.scale];
  image.style.width = `${wide}px`;
  image.style.height = `${tall}px`;
  image.style.transform = `translate(-50%, -50%) rotate(${view.turns * 90}deg)`;
  sheet.style.width = `${isLying ? tall : wide}px`;
  sheet.style.height = `${isLying ? wide : tall}px`;
  sheet.classList.add("is-placed");
  const stage = sheet.parentElement; // on a phone it scrolls sideways by itself, and keys reach it then
  stage.removeAttribute("tabindex");
  if (getComputedStyle(stage).overflowX === "auto" && stage.scrollWidth > stage.clientWidth) stage.tabIndex = 0;
  room.querySelector("[data-zoom-is]").textContent = `${Math.round(view.scale * 100)} %`;
};

const zoom = {
  in: () => { view.scale = STEPS.find((step) => step > view.scale) ?? view.scale; },
  out: () => { view.scale = STEPS.findLast((step) => step < view.scale) ?? view.scale; },
  fit: () => { view.scale = 1; },
  turn: () => { view.turns = (view.turns + 1) % 4; },
};

room.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]");
  if (!button) return;
  zoom[button.dataset.zoom]();
  draw();
});

const dress = () => {
  for (const button of room.querySelectorAll("[data-zoom]")) button.hidden = false;
  draw();
};

window.addEventListener("resize", draw);
dress();
