// Toasts leave by themselves (CSS). Escape takes them away at once.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll("#toasts .so-toast").forEach((toast) => toast.remove());
});

document.addEventListener("animationend", (event) => {
  if (event.animationName === "so-leave") event.target.remove();
});
