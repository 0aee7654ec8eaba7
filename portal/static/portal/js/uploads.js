// Files go one by one, each with a bar, a way to stop it and a way to try again. Without this module the
// form posts them all at once; the server holds every limit that is told here.
const form = document.querySelector("form[data-uploads]");
if (form) start(form);

function start(form) {
  const input = form.querySelector("input[type=file]");
  const say = document.querySelector("template[data-words]").dataset;
  const icons = document.querySelector("template[data-words]").content;
  const list = document.querySelector("[data-going]");
  const line = document.querySelector("[data-progress]");
  const drop = form.querySelector("[data-drop]");
  const waiting = [];
  let running = null;
  let room = Number(form.dataset.room);
  let places = Number(form.dataset.files);
  let pause = 1500;
  let timer = null;

  form.querySelector("[data-plain]").hidden = true;
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  form.addEventListener("submit", (event) => event.preventDefault());
  dragging();
  watch();

  function take(files) {
    for (const file of files) add(file);
    next();
  }

  function add(file) {
    const row = draw(file);
    const wrong = objection(file);
    if (wrong) return fail(row, wrong, false);
    room -= file.size;
    places -= 1;
    waiting.push(row);
    tell();
  }

  function objection(file) {
    if (file.size === 0) return say.empty;
    if (file.size > Number(form.dataset.max)) return say.large.replace("%s", form.dataset.limit);
    if (file.size > room || places < 1) return say.full.replace("%1", form.dataset.whole).replace("%2", form.dataset.count);
    return "";
  }

  function next() {
    if (running || !waiting.length) return;
    running = waiting.shift();
    send(running);
  }

  function send(row) {
    const request = new XMLHttpRequest();
    const began = performance.now();
    row.request = request;
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
    request.upload.addEventListener("progress", (event) => moved(row, event, began));
    request.addEventListener("load", () => ended(row, request));
    request.addEventListener("error", () => fail(row, say.cut, true));
    request.addEventListener("timeout", () => fail(row, say.cut, true));
    const body = new FormData();
    body.append("files", row.file, row.file.name);
    request.send(body);
  }

  function moved(row, event, began) {
    if (!event.lengthComputable) return;
    const part = event.loaded / event.total;
    row.bar.value = Math.round(100 * part);
    const seconds = ((performance.now() - began) / 1000) * (1 / Math.max(part, 0.001) - 1);
    const left = performance.now() - began > 1000 && part < 1 ? ` · ${say.left.replace("%s", spell(seconds))}` : "";
    row.words.textContent = `${row.bar.value} % · ${say.of.replace("%1", size(event.loaded)).replace("%2", size(event.total))}${left}`;
  }

  function ended(row, request) {
    const told = answer(request);
    if (request.status >= 400) {
      return fail(row, told.error ?? say.failed, request.status >= 500 || request.status === 403);
    }
    row.item.remove();
    if (told.note) line.textContent = told.note;
    done(told.note);
  }

  function fail(row, sentence, again) {
    row.item.classList.add("is-bad");
    row.item.querySelector(".so-i").replaceWith(icon("bad"));
    row.bar.remove();
    row.words.textContent = size(row.file.size);
    const note = element("div", "so-note so-file-bad", { "data-tone": "stop" });
    const text = element("div");
    text.append(element("strong", "", {}, say.bad + "."), ` ${sentence}`);
    if (again) {
      const retry = element("button", "so-btn is-small", { type: "button" }, say.retry);
      retry.addEventListener("click", () => { row.item.remove(); take([row.file]); });
      const buttons = element("div", "so-row");
      buttons.append(retry);
      text.append(buttons);
    }
    note.append(icon("stop"), text);
    row.item.append(note);
    row.stop.setAttribute("aria-label", say.remove.replace("%s", row.file.name));
    row.stop.onclick = () => leave(row);
    list.prepend(row.item); // the row that needs the person goes first
    if (row === running || row.request) {
      room += row.file.size;
      places += 1;
    }
    line.textContent = `${row.file.name}: ${sentence}`;
    if (row === running) done(sentence);
  }

  function cancel(row) {
    const at = waiting.indexOf(row);
    if (at >= 0) waiting.splice(at, 1);
    row.request?.abort();
    room += row.file.size;
    places += 1;
    leave(row);
    if (row === running) done("");
    else tell();
  }

  function leave(row) {
    row.item.remove();
    list.hidden = !list.children.length;
    input.focus();
  }

  async function done(said) {
    running = null;
    list.hidden = !list.children.length;
    if (!said) tell();
    next();
    await refresh();
  }

  function tell() {
    const number = waiting.length + (running ? 1 : 0);
    const words = number === 1 ? say.goingOne : say.goingMany;
    line.textContent = number ? `${words.replace("%s", number)}. ${say.stay}` : say.done;
  }

  // The list of what is in comes from the server, and again while files are checked.
  async function refresh() {
    clearTimeout(timer);
    try {
      const response = await fetch(form.dataset.list + window.location.search, { headers: { Accept: "text/html" } });
      if (response.ok && !busy()) show(await response.text());
    } catch {
      // no connection now; the next look will tell
    }
    watch();
  }

  function show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const id of ["files", "helps"]) {
      const [now, then] = [document.getElementById(id), fresh.getElementById(id)];
      if (now && then && !now.isEqualNode(then)) now.replaceWith(then);
    }
    quiet();
  }

  // Nothing is swapped away from under somebody's hands.
  function busy() {
    const at = document.activeElement;
    return Boolean(at?.closest("#files, #helps")) || Boolean(document.querySelector("#helps details[open]"));
  }

  function watch() {
    clearTimeout(timer);
    if (!document.querySelector("#files[data-checking]")) { pause = 1500; return; }
    timer = setTimeout(refresh, pause);
    pause = Math.min(pause * 1.3, 15000);
  }

  // Choosing what a file is saves it; the button is for those without a script.
  function quiet() {
    document.querySelectorAll("form[data-type] button").forEach((button) => { button.hidden = true; });
  }
  quiet();
  document.addEventListener("change", async (event) => {
    const choice = event.target.closest("form[data-type]");
    if (!choice) return;
    await fetch(choice.action, { method: "POST", body: new FormData(choice), redirect: "manual" });
    event.target.blur();
    await refresh();
    document.getElementById(event.target.id)?.focus();
  });

  function dragging() {
    let depth = 0;
    const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    document.addEventListener("dragenter", (event) => {
      if (carries(event)) { depth += 1; drop.classList.add("is-over"); }
    });
    document.addEventListener("dragleave", () => {
      depth = Math.max(depth - 1, 0);
      if (!depth) drop.classList.remove("is-over");
    });
    document.addEventListener("dragover", (event) => { if (carries(event)) event.preventDefault(); });
    document.addEventListener("drop", async (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      depth = 0;
      drop.classList.remove("is-over");
      take(await dropped(event.dataTransfer));
    });
  }

  function draw(file) {
    const row = { file, item: element("li", "so-file") };
    row.bar = element("progress", "", { max: "100", value: "0", "aria-label": say.bar.replace("%s", file.name) });
    row.words = element("span", "so-num", {}, size(file.size));
    row.stop = element("button", "so-icon-btn", { type: "button", "aria-label": say.cancel.replace("%s", file.name) });
    row.stop.append(icon("cancel"));
    row.stop.onclick = () => cancel(row);
    const title = element("h3");
    title.append(element("bdi", "", {}, file.name));
    const meta = element("div", "so-file-meta");
    meta.append(row.bar, row.words);
    const buttons = element("div", "so-file-do");
    buttons.append(row.stop);
    row.item.append(icon("file"), title, meta, buttons);
    list.append(row.item);
    list.hidden = false;
    return row;
  }

  function icon(name) {
    return icons.querySelector(`[data-icon=${name}] svg`).cloneNode(true);
  }

  function spell(seconds) {
    if (seconds < 55) return say.seconds.replace("%s", Math.max(Math.round(seconds / 5) * 5, 5));
    return seconds < 90 ? say.minute : say.minutes.replace("%s", Math.round(seconds / 60));
  }
}

function answer(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

function element(name, classes = "", attributes = {}, text = "") {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

function size(bytes) {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e7 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e6)} MB`;
}

// Files and whole folders, as browsers hand them over.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  return (await Promise.all(entries.map(walk))).flat();
}

async function walk(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return (await Promise.all(found.map(walk))).flat();
    found.push(...some);
  }
}
