// One file to the server in pieces (tus 1.0), from wherever it stopped. `run` ends when all is in, or throws Trouble.
// Each run, and each cancelling, takes the turn; what an earlier one still waited for ends in Trouble("paused").

const VERSION = "1.0.0";
const BYTES = "application/offset+octet-stream";
const LEAST = 512 * 1024;
const FIRST = 8 * 1024 * 1024;
const MOST = 32 * 1024 * 1024; // the server keeps what came every 8 MiB anyway
const MARKED = 64 * 1024; // of both ends

export class Trouble extends Error {
  // kind: net (try again), wait (the server asks for patience), stop (words for the person), out, stale, gone, paused
  constructor(kind, words = "", pause = 0) {
    super(words);
    this.kind = kind;
    this.pause = pause;
  }
}

export class Transfer {
  constructor({ endpoint, file, said, token, moved, known }) {
    Object.assign(this, { endpoint, file, said, token, moved, known });
    this.address = null;
    this.offset = 0;
    this.piece = FIRST;
    this.request = null;
    this.turn = null;
    this.isAskedFor = false;
  }

  get key() {
    return this.address?.split("/").at(-2) ?? "";
  }

  async run() {
    const turn = {};
    this.turn = turn;
    if (this.address) this.at(await this.call(turn, "HEAD", this.address, {}, null));
    else await this.begin(turn, this.file.size <= FIRST ? this.file : null); // small enough to come along
    while (this.offset < this.file.size) await this.send(turn);
  }

  // The request that is on its way breaks off; what the server has, it keeps.
  pause() {
    this.turn = null;
    this.request?.abort();
  }

  // Broken off before the first answer, it may have begun: asked once more, the server says where.
  async cancel() {
    this.pause();
    const turn = {};
    this.turn = turn;
    try {
      if (!this.address && this.isAskedFor) await this.begin(turn, null);
      if (this.address) await this.call(turn, "DELETE", this.address, {}, null);
    } catch (why) {
      if (!(why instanceof Trouble)) throw why; // it expires
    }
  }

  async begin(turn, body) {
    const said = { ...this.said, mark: await mark(this.file) };
    const headers = { "Upload-Length": this.file.size, "Upload-Metadata": metadata(said) };
    if (body) headers["Content-Type"] = BYTES;
    const answer = await this.call(turn, "POST", this.endpoint, headers, body);
    this.address = new URL(answer.getResponseHeader("Location"), window.location.href).pathname;
    this.known();
    this.at(answer);
  }

  async send(turn) {
    const began = performance.now();
    const piece = this.file.slice(this.offset, this.offset + this.piece);
    const headers = { "Upload-Offset": this.offset, "Content-Type": BYTES };
    this.at(await this.call(turn, "PATCH", this.address, headers, piece));
    const took = performance.now() - began;
    if (took < 2000) this.piece = Math.min(this.piece * 2, MOST);
    else if (took > 8000) this.slower();
  }

  slower() {
    this.piece = Math.max(this.piece / 2, LEAST);
  }

  at(answer) {
    this.offset = Number(answer.getResponseHeader("Upload-Offset") ?? this.offset);
    this.moved(this.offset);
  }

  async call(turn, method, url, headers, body) {
    if (turn !== this.turn) throw new Trouble("paused");
    this.isAskedFor ||= method === "POST";
    const answer = await ask(method, url, { "Tus-Resumable": VERSION, ...this.token(), ...headers }, body, {
      started: (request) => { this.request = request; },
      moved: (bytes) => this.moved(this.offset + bytes),
    });
    this.request = null;
    if (answer.status >= 200 && answer.status < 300 && sameAddress(answer, url)) return answer;
    if (turn !== this.turn) throw new Trouble("paused");
    return this.refused(answer, url, body);
  }

  async refused(answer, url, body) {
    if (answer.status === 409 && answer.getResponseHeader("Upload-Offset")) {
      return answer; // so many bytes are here: go on from there
    }
    if (answer.status === 0) {
      if (body && !(await isReadable(this.file, this.offset))) throw new Trouble("gone");
      this.slower();
    }
    if ((answer.status === 404 || answer.status === 410) && this.address && url === this.address) {
      this.address = null; // given up meanwhile: from the beginning
      this.offset = 0;
    }
    throw trouble(answer, url);
  }
}

export function ask(method, url, headers, body, { started = () => {}, moved = () => {} } = {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => moved(event.loaded));
    request.addEventListener("loadend", () => resolve(request));
    started(request);
    request.send(body);
  });
}

export function trouble(answer, url) {
  const words = sentence(answer);
  if (answer.status === 0) return new Trouble("net");
  if (!sameAddress(answer, url)) return new Trouble("out");
  if (answer.status === 403 && !words) return new Trouble("stale");
  const after = Number(answer.getResponseHeader("Retry-After")) * 1000;
  if ([423, 429, 460, 502, 503, 504].includes(answer.status)) return new Trouble("wait", words, after);
  if (answer.status === 410 && sentence(answer, "closed")) return new Trouble("stop", words);
  if (answer.status === 404 || answer.status === 410) return new Trouble("over", words);
  if (answer.status >= 500) return new Trouble(answer.status === 507 ? "later" : "wait", words, after);
  return new Trouble("stop", words);
}

function sentence(answer, name = "error") {
  try {
    return JSON.parse(answer.responseText)[name] ?? "";
  } catch {
    return "";
  }
}

// A redirect leads to the page where one signs in.
const sameAddress = (answer, url) => new URL(answer.responseURL || url, window.location.href).pathname === new URL(url, window.location.href).pathname;

async function isReadable(file, offset) {
  try {
    await file.slice(offset, offset + 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

const metadata = (said) => Object.entries(said).filter(([, value]) => value !== "").map(([name, value]) => `${name} ${base64(String(value))}`).join(",");

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

// By which the server knows the same file again: a sum of both its ends, wherever it lies now.
async function mark(file) {
  if (!window.crypto?.subtle) return `changed ${file.lastModified}`;
  try {
    const ends = new Blob([file.slice(0, MARKED), file.slice(Math.max(file.size - MARKED, 0))]);
    const sum = await crypto.subtle.digest("SHA-256", await ends.arrayBuffer());
    return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    throw new Trouble("gone");
  }
}
