// The strip of series with a small picture of each, and what of a study can't be shown.
import { framesOf, kept, problemsOf } from "./image-frames.js";
import { isColour, paint, scaleOf, valuesOf, wholeRange } from "./image-pixels.js";

const SIZE = { width: 120, height: 104 };

const draw = async (canvas, series) => {
  const frames = framesOf(series);
  const frame = frames[Math.floor((frames.length - 1) / 2)];
  const buffer = await kept.fetch(frame, { first: false }).catch(() => null);
  if (!buffer) return;
  const { look } = frame;
  const [values, scale] = [valuesOf(buffer, look), scaleOf(look, frame.number)];
  const sheet = Object.assign(document.createElement("canvas"), { width: look.columns, height: look.rows });
  const image = sheet.getContext("2d").createImageData(look.columns, look.rows);
  const [preset] = series.presets;
  const window = preset ? { centre: preset[1], width: preset[2] } : isColour(look) ? null : wholeRange(values, look, scale);
  paint(image, values, look, scale, window, false);
  sheet.getContext("2d").putImageData(image, 0, 0);
  const [across, down] = [look.columns, look.rows * (look.aspect ?? 1)];
  const by = Math.min(canvas.width / across, canvas.height / down);
  const [wide, tall] = [across * by, down * by];
  canvas.getContext("2d").drawImage(sheet, (canvas.width - wide) / 2, (canvas.height - tall) / 2, wide, tall);
};

// One button a series; `choose(series)` is called when it is pressed.
export const film = (box, all, choose) => {
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      draw(target.querySelector("canvas"), all.find((each) => each.key === target.dataset.series));
    }
  });
  box.replaceChildren(...all.map((series) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.dataset.series = series.key;
    const name = document.createElement("span");
    name.dir = "auto";
    name.textContent = series.title_in_file || series.title;
    const count = Object.assign(document.createElement("small"), { textContent: framesOf(series).length });
    button.append(Object.assign(document.createElement("canvas"), SIZE), name, " ", count);
    button.addEventListener("click", () => choose(series));
    seen.observe(button);
    return button;
  }));
};

export const current = (box, series) => {
  for (const button of box.querySelectorAll("button")) {
    if (button.dataset.series === series.key) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
};

// Each reason once, with how many files it concerns.
export const tellProblems = (box, study) => {
  const found = study.series.flatMap(problemsOf);
  box.hidden = !found.length;
  box.querySelector("ul").replaceChildren(...[...new Set(found.map((each) => each.sentence))].map((words) => {
    const names = found.filter((each) => each.sentence === words).map((each) => each.name);
    const named = names.slice(0, 3).join(", ") + (names.length > 3 ? ` … (${names.length})` : "");
    return Object.assign(document.createElement("li"), { textContent: `${named}: ${words}`, dir: "auto" });
  }));
};
