// From stored values to what is seen (DICOM PS3.3 C.7.6.3, C.11.1, C.11.2.1): masked, signed, scaled, windowed.

// A frame's values as numbers of their own size; `look` as models/imaging.py tells it.
export const valuesOf = (buffer, look) => {
  const wide = look.bits > 8;
  return wide ? new Uint16Array(buffer) : new Uint8Array(buffer);
};

export const isColour = (look) => look.samples === 3;

// What a stored value means: a function of the raw number.
const reader = (look, [slope, intercept]) => {
  const stored = Math.min(look.stored || look.bits, look.bits);
  const mask = 2 ** stored - 1;
  const sign = look.signed ? 2 ** (stored - 1) : Infinity;
  return (raw) => {
    const value = raw & mask;
    return (value >= sign ? value - mask - 1 : value) * slope + intercept;
  };
};

export const scaleOf = (look, frame) => look.frame_scales?.[frame - 1] ?? [look.slope ?? 1, look.intercept ?? 0];

export const meaning = (values, at, look, scale) => reader(look, scale)(values[at]);

// The lowest and the highest value of a frame, as a window that shows all of it but what only fills the frame.
export const wholeRange = (values, look, scale) => {
  const [means, stored] = [reader(look, scale), reader(look, [1, 0])];
  const [first, last] = look.padding ?? [1, 0];
  let [low, high] = [Infinity, -Infinity];
  const seen = new Uint8Array(look.bits > 8 ? 65536 : 256);
  for (const raw of values) seen[raw] = 1;
  seen.forEach((there, raw) => {
    if (!there || (stored(raw) >= first && stored(raw) <= last)) return;
    const value = means(raw);
    if (value < low) low = value;
    if (value > high) high = value;
  });
  return low > high ? { centre: 0, width: 1 } : { centre: (low + high + 1) / 2, width: Math.max(high - low + 1, 1) };
};

// How bright a value is in a window, from 0 to 1: as the file says it (C.11.2.1.2, C.11.2.1.3), or by its own table.
const brightness = ({ voi, curve }, { centre, width }) => {
  if (curve) return (value) => curve[Math.round(255 * within((value - centre) / width + 0.5))] / 255;
  if (voi === "SIGMOID") return (value) => 1 / (1 + Math.exp(-4 * (value - centre) / width));
  if (voi === "LINEAR_EXACT") return (value) => within((value - centre) / width + 0.5);
  const span = Math.max(width - 1, 0.000001);
  return (value) => within((value - (centre - 0.5)) / span + 0.5);
};

const within = (part) => Math.min(Math.max(part, 0), 1);

// Greys for every value there can be, packed as the canvas wants them.
const greys = (look, scale, window, isInverted) => {
  const means = reader(look, scale);
  const bright = brightness(look, window);
  const table = new Uint32Array(look.bits > 8 ? 65536 : 256);
  const flip = (look.photometric === "MONOCHROME1") !== isInverted;
  for (let raw = 0; raw < table.length; raw += 1) {
    const grey = Math.round(255 * bright(means(raw)));
    const seen = flip ? 255 - grey : grey;
    table[raw] = 0xff000000 | seen << 16 | seen << 8 | seen;
  }
  return table;
};

// Into an ImageData of the frame's size.
export const paint = (image, values, look, scale, window, isInverted) => {
  const pixels = new Uint32Array(image.data.buffer);
  if (isColour(look)) {
    const turn = isInverted ? 255 : 0;
    for (let at = 0, from = 0; at < pixels.length; at += 1, from += 3) {
      pixels[at] = 0xff000000 | (values[from + 2] ^ turn) << 16 | (values[from + 1] ^ turn) << 8 | values[from] ^ turn;
    }
    return;
  }
  const table = greys(look, scale, window, isInverted);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = table[values[at]];
};
