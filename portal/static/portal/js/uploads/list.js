// The list of what is in comes from the server, and again while files are checked.

export function watchList(form, say) {
  const address = form.dataset.list;
  let pause = 1500;
  let timer = null;
  let going = () => new Set();
  if (!address) return { refresh() {}, hide() {}, token: async () => "" };

  async function fetched() {
    const response = await fetch(address + window.location.search, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }

  async function refresh() {
    clearTimeout(timer);
    try {
      const fresh = await fetched();
      if (fresh && !isBusy()) show(fresh);
    } catch {
      // no connection now; the next look will tell
    }
    watch();
  }

  let soon = null;
  function refreshSoon() {
    soon ??= setTimeout(() => {
      soon = null;
      pause = 1500;
      refresh();
    }, 400);
  }

  function show(fresh) {
    tidy(fresh);
    const opened = new Set([...document.querySelectorAll("#files details[open] summary")].map((each) => each.textContent));
    for (const id of ["files", "helps"]) {
      const [now, then] = [document.getElementById(id), fresh.getElementById(id)];
      if (now && then && !now.isEqualNode(then)) now.replaceWith(then);
    }
    for (const summary of document.querySelectorAll("#files summary")) {
      if (opened.has(summary.textContent)) summary.parentElement.open = true;
    }
  }

  // What this window is sending stands in its own list; the buttons are for those without a script.
  function tidy(page) {
    const own = going();
    for (const row of page.querySelectorAll("[data-upload]")) {
      if (own.has(row.dataset.upload)) row.remove();
    }
    for (const button of page.querySelectorAll("form[data-type] button")) button.hidden = true;
    for (const each of page.querySelectorAll("[data-scripted]")) each.hidden = false;
  }

  // Nothing is swapped away from under somebody's hands.
  function isBusy() {
    const at = document.activeElement;
    return Boolean(at?.closest("#files, #helps")) || Boolean(document.querySelector("#helps details[open]"));
  }

  function watch() {
    clearTimeout(timer);
    if (!document.querySelector("#files[data-checking]") && !going().size) {
      pause = 1500;
      return;
    }
    timer = setTimeout(refresh, pause);
    pause = Math.min(pause * 1.3, 15000);
  }

  // A choice is saved where the answer leads back to the page.
  async function isSaved(choice) {
    const answer = await fetch(choice.action, { method: "POST", body: new FormData(choice), redirect: "manual" }).catch(() => null);
    return Boolean(answer) && (answer.ok || answer.type === "opaqueredirect");
  }

  // Choosing what a file is saves it. What was not saved does not stay on the page as if it were.
  document.addEventListener("change", async (event) => {
    const choice = event.target.closest("form[data-type]");
    if (!choice) return;
    if (!await isSaved(choice)) {
      choice.reset();
      say(document.querySelector("template[data-words]").dataset.unsaved);
      return;
    }
    event.target.blur();
    await refresh();
    document.getElementById(event.target.id)?.focus();
  });

  tidy(document);
  watch();
  return {
    refresh: refreshSoon,
    hide: (keys) => {
      going = keys;
      tidy(document);
    },
    // A new one, when the page's own is too old; null where nobody is signed in any more.
    token: async () => (await fetched())?.getElementById("files")?.dataset.token ?? null,
  };
}
