// Files, folders and whole discs, as browsers hand them over: [{file, folder}].

export function chosen(input) {
  return [...input.files].map((file) => ({ file, folder: parent(file.webkitRelativePath || "") }));
}

export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, folder: "" }));
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

// A folder with links to itself ends somewhere.
const DEEPEST = 30;

async function walk(entry, found, folder = "", depth = 0) {
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    if (file) found.push({ file, folder });
    return;
  }
  if (depth > DEEPEST) return;
  const inside = folder ? `${folder}/${entry.name}` : entry.name;
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) return;
    for (const each of some) await walk(each, found, inside, depth + 1);
  }
}

export function watchDrops(zone, take) {
  let depth = 0;
  const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const leave = () => {
    depth = 0;
    zone.classList.remove("is-over");
  };
  document.addEventListener("dragenter", (event) => {
    if (!carries(event)) return;
    depth += 1;
    zone.classList.add("is-over");
  });
  document.addEventListener("dragleave", () => {
    depth -= 1;
    if (depth <= 0) leave();
  });
  document.addEventListener("dragover", (event) => {
    if (carries(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    leave();
    take(event.dataTransfer);
  });
}

const parent = (path) => path.split("/").slice(0, -1).join("/");
