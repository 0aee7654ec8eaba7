// The print page: one button that opens the browser's print dialog.
const button = document.querySelector("[data-print]");
button.hidden = false;
document.querySelector("[data-print-hint]").hidden = true;
button.addEventListener("click", () => window.print());
