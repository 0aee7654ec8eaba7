// The page where files are added: wires the form to the queue that sends them. Without this module the form
// posts them all at once; the server holds every limit that is told here. Nothing is stored in the browser.
import { chosen, dropped, watchDrops } from "./uploads/folders.js";
import { withoutLitter } from "./uploads/litter.js";
import { watchList } from "./uploads/list.js";
import { Queue } from "./uploads/queue.js";
import { Screen } from "./uploads/rows.js";

const form = document.querySelector("form[data-uploads]");
if (form) start(form);

function start(form) {
  const screen = new Screen(form);
  const list = watchList(form, (words) => screen.say(words));
  const queue = new Queue(form, screen, list);
  const inputs = form.querySelectorAll("input[type=file]");
  const ways = [...form.querySelectorAll("input[name=way_in]")];
  const rules = JSON.parse(form.dataset.litter || "null");
  let held = []; // chosen before it was said how they came

  form.querySelector("[data-plain]").hidden = true;
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const input of inputs) {
    const came = () => {
      const files = chosen(input);
      input.value = "";
      take(files);
    };
    input.addEventListener("change", came);
    if (input.files.length) came(); // before this module was here, or kept by the browser
  }
  watchDrops(form.querySelector("[data-drop]"), async (transfer) => {
    screen.say(screen.words.looking);
    take(await dropped(transfer));
  });
  for (const way of ways) {
    way.addEventListener("change", () => {
      take(held);
      held = [];
    });
  }

  function take(all) {
    const { kept: files, left } = withoutLitter(all, rules);
    screen.leftOut(left, all.find((each) => each.folder)?.folder.split("/")[0]);
    const way = ways.find((each) => each.checked);
    if (ways.length && !way && files.length) {
      held.push(...files);
      screen.say(screen.words.way);
      ways[0].focus();
      return;
    }
    queue.add(files, way?.value ?? "");
  }
}
