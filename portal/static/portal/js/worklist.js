// The list of requests: `a` takes the row one stands on, `?` shows the keys. j, k, Enter and / are in staff.js.
// On the page where a request is declined, a reason brings its suggested words, unless one has written already.
import { areOff, inField } from "./staff.js";

const row = () => document.querySelector("[data-rows] tr.is-at");
const help = () => document.getElementById("keys-help");

const acts = {
  a: () => row()?.querySelector("[data-take]")?.click(),
  "?": () => help()?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (areOff() || event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
  const act = help() && acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// Whoever walks by Tab stands on that row too.
document.addEventListener("focusin", (event) => {
  const at = event.target.closest("[data-rows] tr");
  if (!at) return;
  row()?.classList.remove("is-at");
  at.classList.add("is-at");
});

const sentence = document.getElementById("id_sentence");
let suggested = "";
for (const reason of document.querySelectorAll("input[name=reason]")) {
  reason.addEventListener("change", () => {
    const words = document.querySelector(`label[for="${reason.id}"] small`)?.textContent ?? "";
    if (!sentence || (sentence.value && sentence.value !== suggested)) return;
    sentence.value = suggested = words;
    sentence.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
