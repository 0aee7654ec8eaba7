// Saves a draft while it is typed: the form as it is, shortly after the last key and when the page is left.
// Without a script "Save and continue" does the same. The words come with the page and from the server.
const WAIT = 1500;

const watch = (form) => {
  const state = document.getElementById("save-state");
  let timer = 0;
  let waiting = false; // something was typed that is not sent yet
  let running = null; // one save at a time, so that no older words arrive after newer ones
  let sent = false;

  const send = async (leaving) => {
    waiting = false;
    const body = new FormData(form);
    body.set("go", "autosave");
    try {
      const options = { method: "POST", body, redirect: "manual", keepalive: leaving };
      const answer = await fetch(form.action || location.href, options);
      const { words } = await answer.json();
      state.textContent = words;
    } catch {
      waiting = true; // the next key tries again
      state.textContent = form.dataset.failed;
    }
  };

  const save = async (leaving) => {
    clearTimeout(timer);
    if (!waiting || sent) return;
    if (running && !leaving) {
      await running;
      save(leaving);
      return;
    }
    running = send(leaving);
    await running;
    running = null;
  };

  const later = () => {
    waiting = true;
    clearTimeout(timer);
    timer = setTimeout(save, WAIT, false);
  };

  form.addEventListener("input", later);
  form.addEventListener("submit", async (event) => {
    sent = true;
    if (!running) return;
    event.preventDefault();
    await running;
    form.requestSubmit(event.submitter);
  });
  window.addEventListener("pageshow", () => { sent = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });
};

document.querySelectorAll("form[data-autosave]").forEach(watch);
