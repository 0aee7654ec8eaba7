// The error summary takes the focus, also when htmx brings it; a link in it goes to its field.
const focusSummary = (root) => root.querySelector(".so-errors")?.focus();

document.addEventListener("htmx:after:swap", () => focusSummary(document));
focusSummary(document);

document.addEventListener("click", (event) => {
  const link = event.target.closest(".so-errors a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  const label = field.closest("fieldset, .so-field");
  (label ?? field).scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
});
