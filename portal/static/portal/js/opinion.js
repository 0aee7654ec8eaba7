// Saves the opinion while it is typed. The server counts saves and refuses one that began from an older text,
// so nothing is written over unseen; then "Save" shows both texts. Without this module, "Save" does it all.
const PAUSE = 1200;
const RETRY = 10000;

class Draft {
  constructor(form) {
    this.form = form;
    this.say = form.querySelector("[data-say]");
    this.saved = this.words();
    this.running = null;
    this.isRefused = false;
    this.button = form.querySelector("[data-save]");
    this.button.hidden = true; // it saves by itself; the button comes back when that fails
    form.addEventListener("input", () => this.later(PAUSE));
    form.addEventListener("submit", (event) => this.beforeSubmit(event));
    window.addEventListener("beforeunload", (event) => this.isDirty && !this.isLeaving && event.preventDefault());
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
  }

  words() {
    const data = new FormData(this.form);
    for (const name of ["csrfmiddlewaretoken", "edit", "back"]) data.delete(name);
    return new URLSearchParams(data).toString();
  }

  get isDirty() {
    return this.words() !== this.saved;
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  async save() {
    clearTimeout(this.timer);
    if (this.running || this.isRefused || !this.isDirty) return this.running;
    this.running = this.send();
    await this.running;
    this.running = null;
    if (this.isDirty && !this.isRefused) this.later(this.failed ? RETRY : PAUSE);
  }

  async send() {
    const words = this.words();
    this.tell(this.form.dataset.saving);
    try {
      const answer = await fetch(this.form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(this.form)),
        headers: { "X-Autosave": "1" },
        redirect: "manual",
      });
      await this.read(answer, words);
      this.failed = answer.status >= 500;
    } catch {
      this.failed = true;
      this.tell(this.form.dataset.unsaved);
    }
  }

  async read(answer, words) {
    if (answer.ok) {
      const state = await answer.json();
      this.form.elements.edit.value = state.edit;
      this.saved = words;
      this.show(state);
    } else if (answer.status === 409) {
      this.refuse(this.form.dataset.elsewhere);
    } else if (answer.status === 422) {
      this.tell((await answer.json()).say);
    } else if (answer.status >= 500) {
      this.tell(this.form.dataset.unsaved);
    } else {
      this.refuse(this.form.dataset.signedOut);
    }
  }

  refuse(words) {
    this.isRefused = true;
    this.button.hidden = false;
    this.tell(words);
  }

  show(state) {
    this.tell(state.say);
    document.querySelectorAll("[data-done]").forEach((line) => { line.textContent = state.done; });
    const hint = this.form.querySelector("[data-hint]");
    if (hint && hint.textContent !== state.hint) hint.textContent = state.hint;
    for (const [code, isDone] of Object.entries(state.parts)) {
      const mark = this.form.querySelector(`[data-part="${CSS.escape(code)}"]`);
      if (mark) mark.hidden = !isDone;
    }
    for (const [code, links] of Object.entries(state.cites)) this.cite(code, links);
  }

  // The pins that a part cites, as links beside it.
  cite(code, links) {
    const line = this.form.querySelector(`[data-cites="${CSS.escape(code)}"]`);
    if (!line || line.dataset.said === JSON.stringify(links)) return;
    line.dataset.said = JSON.stringify(links);
    line.hidden = !links.length;
    line.replaceChildren(...links.map(({ title, url }) => {
      const link = document.createElement("a");
      link.className = "so-cite";
      link.href = url;
      link.dataset.turn = "";
      link.textContent = title;
      return link;
    }));
  }

  tell(words) {
    if (this.say.textContent.trim() !== words) this.say.textContent = words;
  }

  // A save that is under way ends first: otherwise the form would come with the count before it.
  async beforeSubmit(event) {
    clearTimeout(this.timer);
    if (!this.running) {
      this.isLeaving = true;
      return;
    }
    event.preventDefault();
    await this.running;
    this.isLeaving = true;
    this.form.requestSubmit(event.submitter);
  }
}

for (const form of document.querySelectorAll("form[data-opinion]")) new Draft(form);
