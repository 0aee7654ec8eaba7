// What systems and viewers leave in folders and on discs stays where it is: programs, their parts, empty files.
// The rules come from the page; packed folders are read by the same ones (records/decoder/litter.py).

export function withoutLitter(chosen, rules) {
  if (!rules) return { kept: chosen, left: 0 };
  const onDisc = chosen.some(({ file, folder }) => marksADisc(parts(folder), file.name.toLowerCase(), rules));
  const kept = chosen.filter((each) => !each.folder || !isLitter(each, onDisc, rules));
  return { kept, left: chosen.length - kept.length };
}

function isLitter({ file, folder }, onDisc, rules) {
  const name = file.name.toLowerCase();
  const end = name.includes(".") ? name.split(".").pop() : "";
  const folders = parts(folder);
  if (folders.includes(rules.exchange) && end === "xml") return name === "metadata.xml";
  return (
    !file.size || rules.names.includes(name) || rules.ends.includes(end) || (onDisc && rules.discEnds.includes(end))
    || name.startsWith("._") || folders.some((each) => rules.folders.includes(each))
  );
}

const marksADisc = (folders, name, rules) => name === "dicomdir" || folders.includes(rules.exchange);
const parts = (folder) => folder.toLowerCase().split("/");
