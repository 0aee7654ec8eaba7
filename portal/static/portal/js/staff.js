// Single keys for those who work here all day (WCAG 2.1.4): off at one press, never in a field.
// <a data-key="r"> and <button data-key="r"> are pressed by r; `/` goes to the search; j, k and Enter walk rows.
const OFF = "keys-off";
export const areOff = () => localStorage.getItem(OFF) === "yes";
export const inField = (element) => element.closest("input, select, textarea, [contenteditable], dialog");

const rows = () => [...document.querySelectorAll("[data-rows] tr:has(a), [data-rows] li:has(a)")];

const walk = (by) => {
  const list = rows();
  if (!list.length) return;
  const at = list.findIndex((row) => row.classList.contains("is-at"));
  const to = Math.min(Math.max(at + by, 0), list.length - 1);
  list[at]?.classList.remove("is-at");
  list[to].classList.add("is-at");
  list[to].querySelector("a").focus();
};

const acts = {
  j: () => walk(1),
  k: () => walk(-1),
  "/": () => document.querySelector("input[type=search]")?.focus(),
};

document.addEventListener("keydown", (event) => {
  if (areOff() || event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const act = target ? () => target.click() : acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// <button data-keys-switch data-on="…" data-off="…"> turns them off and on, and says which.
const say = (button) => {
  button.setAttribute("aria-pressed", String(!areOff()));
  button.textContent = areOff() ? button.dataset.off : button.dataset.on;
};

const press = () => {
  localStorage.setItem(OFF, areOff() ? "no" : "yes");
  for (const each of document.querySelectorAll("[data-keys-switch]")) say(each);
};

// Each once; what is fetched later brings its own.
export const offerSwitches = (root) => {
  for (const button of root.querySelectorAll("[data-keys-switch][hidden]")) {
    button.hidden = false;
    say(button);
    button.addEventListener("click", press);
  }
};
offerSwitches(document);

// On a narrow screen the views scroll sideways: the one that is open comes into sight.
document.querySelector(".so-views [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
