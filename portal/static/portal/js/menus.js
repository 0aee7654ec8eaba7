// Menus are <details>: they open by themselves; here they close on Escape and when the focus or a click leaves.
const menus = () => document.querySelectorAll("details.so-menu[open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    const hadFocus = menu.contains(document.activeElement);
    menu.open = false;
    if (hadFocus) menu.querySelector("summary").focus();
  }
});

for (const happening of ["click", "focusin"]) {
  document.addEventListener(happening, (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
}
