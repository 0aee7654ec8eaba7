// Reading: turning to a record, a page or a hit without losing what is being written beside it. The page around
// may be the reading room or a page with one record. Every link and form works without this module.
import * as images from "./images.js";
import * as pages from "./pages.js";
import * as pins from "./pins.js";

const room = document.querySelector("[data-room]");
const PARTS = [".so-pane.is-records", ".so-pane.is-page", ".so-panes"];

// Turning ---------------------------------------------------------------------------------

// Saving by button comes back to the page that is shown.
const comeBackHere = () => {
  const back = room.querySelector("form[data-opinion] [name=back]");
  if (back) back.value = location.pathname + location.search;
};

const dress = () => {
  pages.dress(room);
  pins.dress(room);
  pins.offer(room);
  images.dress(room);
};

// Whoever goes on before an answer came sees what they asked for last. True where this one shows.
let asked = 0;
const turn = async (url, { push = true, body = null, only = "yes" } = {}) => {
  const headers = { "X-Only-Reading": only };
  const mine = only === "pins" ? asked : (asked += 1); // pins come beside what is shown
  const answer = await fetch(url, body ? { method: "POST", body, headers } : { headers }).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page && page.querySelector("[data-room]");
  if (mine !== asked) return false;
  if (!next) { // gone, or signed out: the server's own page says so
    location.assign(url);
    return false;
  }
  const scrolled = room.querySelector(".is-records")?.scrollTop;
  images.carry(room, next);
  for (const part of PARTS) {
    const fresh = next.querySelector(part);
    if (fresh) room.querySelector(part)?.replaceWith(fresh);
  }
  const list = next.querySelector("[data-fresh-pins] [data-ownpins]");
  if (list) room.querySelector("[data-ownpins]")?.replaceWith(list);
  if (scrolled) room.querySelector(".is-records").scrollTop = scrolled;
  if (next.dataset.pane) room.dataset.pane = next.dataset.pane;
  if (push) history.pushState(null, "", url);
  comeBackHere();
  dress();
  return true;
};

// The page takes the focus when it is what the person asked for; a button of the tool bar keeps it.
const focusAfter = (link) => {
  const name = (link.closest(".so-tools") || link.closest(".so-arrange")) && (link.getAttribute("aria-label") || link.textContent);
  return () => {
    const again = name && [...room.querySelectorAll(".so-tools a, .so-arrange a")]
      .find((each) => (each.getAttribute("aria-label") || each.textContent) === name);
    (again || room.querySelector("[data-page]"))?.focus({ preventScroll: Boolean(again) });
  };
};

room.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-turn]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const focus = focusAfter(link);
  if (await turn(link.href)) focus();
});

room.addEventListener("so:go", (event) => turn(new URL(event.detail, location.href).href));

// What is searched for goes by POST and stays out of the address; what is found shows beside the page.
room.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-search], [data-goto]");
  if (!form) return;
  event.preventDefault();
  if (form.matches("[data-goto]")) {
    await turn(`${location.pathname}?${new URLSearchParams(new FormData(form))}`);
    room.querySelector("[data-page]").focus();
    return;
  }
  const place = event.submitter?.getAttribute("formaction");
  await turn(new URL(place || form.getAttribute("action") || location.href, location.href).href, { body: new FormData(form) });
  if (place) room.querySelector("[data-page]").focus();
  else room.querySelector("[data-search] [name=q]").focus();
});

// A pin is set without leaving the page; where that is refused, the server says why on a page of its own.
room.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-pinform]");
  if (!form) return;
  event.preventDefault();
  const answer = await fetch(form.action, {
    method: "POST", body: new FormData(form), headers: { Accept: "application/json" },
  }).catch(() => null);
  if (!answer?.ok) {
    form.submit();
    return;
  }
  const { number, key } = await answer.json();
  const here = new URL(location.href);
  if (form.elements.instance.value) here.searchParams.set("pin", key); // a frame's address is its pin's
  if (!(await turn(here.href, { push: false, only: "pins" }))) return;
  history.replaceState(null, "", here);
  room.querySelector(`#pin-${number}`)?.scrollIntoView({ block: "nearest" });
  (room.querySelector("[data-mark], [data-scan].is-active") || room.querySelector("[data-page]")).focus();
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
  pages.draw(room);
  scrollTo(0, 0);
});

addEventListener("popstate", () => turn(location.href, { push: false }));
pages.listen(room);
dress();
