// Counts what is left in a text. The words come with the page, in its language.
const NEAR = 0.2; // told to readers only near the end: at every key it would be noise

const words = (line, left) => {
  const { left: some, one, over, overOne } = line.dataset;
  if (left < 0) return left === -1 ? overOne : over.replace("#", -left);
  return left === 1 ? one : some.replace("#", left);
};

const count = (area) => {
  const line = document.getElementById(`${area.id}_left`);
  if (!line) return;
  const limit = Number(area.dataset.limit);
  const left = limit - area.value.replace(/\r?\n/g, "\r\n").length; // as a form sends it
  line.setAttribute("aria-live", left < limit * NEAR ? "polite" : "off");
  line.textContent = words(line, left);
};

document.addEventListener("input", (event) => {
  if (event.target.matches?.("textarea[data-limit]")) count(event.target);
});

const countAll = () => document.querySelectorAll("textarea[data-limit]").forEach(count);
document.addEventListener("htmx:after:swap", countAll);
countAll();
