/** Pictures of products, drawn from their category and id: the shop has no photographs. */

const SVG = "http://www.w3.org/2000/svg";

const GROUNDS = ["#efe6d8", "#e2ebe4", "#f1e1d6", "#e3e6ee", "#ece8da", "#e7e0e8"];
const BODIES = ["#1d5c55", "#c9682f", "#3e4f6b", "#8a4a3a", "#6a7b4f", "#4a4640", "#b08a3e", "#5f4b73"];

/** Shapes in a box of 120 × 120; {body}, {shade} and {light} are the three colours of a product. */
const SHAPES = {
  clothing: [
    [
      ["M43 30l17 7 17-7 21 13-8 20-10-4v35H40V59l-10 4-8-20z", "body"],
      ["M43 30l17 7 17-7c-3 9-9 13-17 13s-14-4-17-13z", "shade"],
      ["M40 88h40v6H40z", "shade"],
    ],
    [
      ["M46 26h28l19 13-5 53H75V52l-3 44H48l-3-44v40H32l-5-53z", "body"],
      ["M58 26h4v70h-4z", "light"],
      ["M46 26h28l-8 14H54z", "shade"],
    ],
    [
      ["M40 24h40l7 72H66l-6-46-6 46H33z", "body"],
      ["M40 24h40l1 9H39z", "shade"],
      ["M59 33h2v17h-2z", "light"],
    ],
  ],
  shoes: [
    [
      ["M24 48c6 5 14 5 19 0l18 20c8 6 22 6 34 11 4 2 5 6 4 10H24z", "body"],
      ["M22 86h78c1 5-1 9-6 9H28c-5 0-7-4-6-9z", "light"],
      ["M50 55l6 7-8 4M57 63l6 6-8 4", "line"],
    ],
    [
      ["M38 24h22v34c4 9 16 11 32 16 5 2 7 6 6 12H38z", "body"],
      ["M35 84h66c1 6-1 11-6 11H41c-5 0-7-5-6-11z", "shade"],
      ["M38 24h22v9H38z", "light"],
      ["M52 42h8M52 50h8M53 58h9", "line"],
    ],
  ],
  electronics: [
    [
      ["M30 66a30 30 0 0160 0v8h-9v-8a21 21 0 00-42 0v8h-9z", "shade"],
      ["M26 68h14v26H32a6 6 0 01-6-6zM80 68h14v20a6 6 0 01-6 6h-8z", "body"],
      ["M40 70h5v22h-5zM75 70h5v22h-5z", "light"],
    ],
    [
      ["M42 26h36a10 10 0 0110 10v50a10 10 0 01-10 10H42a10 10 0 01-10-10V36a10 10 0 0110-10z", "body"],
      ["M60 46a19 19 0 110 38 19 19 0 010-38z", "shade"],
      ["M60 57a8 8 0 110 16 8 8 0 010-16z", "light"],
      ["M44 35h14v4H44z", "light"],
    ],
    [
      ["M46 22h28l3 20H43zM43 80h34l-3 20H46z", "shade"],
      ["M60 36a26 26 0 110 52 26 26 0 010-52z", "body"],
      ["M60 43a19 19 0 110 38 19 19 0 010-38z", "light"],
      ["M60 50v13l8 5", "line"],
    ],
  ],
  accessories: [
    [
      ["M47 46v-8a13 13 0 0126 0v8h-6v-8a7 7 0 00-14 0v8z", "shade"],
      ["M32 44h56l6 44a8 8 0 01-8 8H34a8 8 0 01-8-8z", "body"],
      ["M40 62h40v14H40z", "light"],
    ],
    [
      ["M30 74c0-26 12-42 30-42s30 16 30 42z", "body"],
      ["M26 72h68a8 8 0 010 16H26a8 8 0 010-16z", "shade"],
      ["M60 22a8 8 0 110 16 8 8 0 010-16z", "light"],
    ],
    [
      ["M34 26h20l12 46-16 26-14-6 12-22z", "body"],
      ["M86 26H66L52 72l14 26 16-6-10-22z", "shade"],
      ["M50 62h20v12H50z", "light"],
    ],
  ],
};

const LEAF = "M60 12l9 20 17-8-4 20 23 1-15 16 17 11-21 7 5 17-20-5-9 13v20h-4V91l-9-13-20 5 5-17-21-7 17-11-15-16 23-1-4-20 17 8z";

/** The picture of a product. The same product always looks the same. */
export function productArt(product) {
  const seed = [...String(product.id)].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);
  const kinds = SHAPES[product.category] ?? SHAPES.accessories;
  const svg = drawing("0 0 120 120");
  svg.append(shape("M0 0h120v120H0z", GROUNDS[seed % GROUNDS.length]));
  svg.append(shape("M60 98a36 5 0 110 .1z", "#00000014"));
  const colours = palette(BODIES[(seed >>> 3) % BODIES.length]);
  for (const [path, role] of kinds[(seed >>> 6) % kinds.length]) svg.append(shape(path, colours[role], role === "line"));
  return svg;
}

/** Leaves in the wind, and the bird. */
export function heroArt() {
  const svg = drawing("0 0 520 420");
  svg.append(shape("M0 0h520v420H0z", "#e9dfcc"));
  svg.append(shape("M388 62a58 58 0 110 116 58 58 0 010-116z", "#f0b878"));
  svg.append(shape("M0 300c90-64 170-52 250-10s180 40 270-30v160H0z", "#8fa58d"));
  svg.append(shape("M0 342c110-46 210-30 300-4s150 20 220-18v100H0z", "#4f7a6c"));
  svg.append(shape("M0 388c120-30 260-26 520-6v38H0z", "#1d5c55"));
  for (const [x, y, size, turn, colour] of LEAVES) {
    const leaf = shape(LEAF, colour);
    leaf.setAttribute("transform", `translate(${x} ${y}) rotate(${turn} ${60 * size} ${60 * size}) scale(${size})`);
    svg.append(leaf);
  }
  svg.append(shape("M196 176c22-22 52-22 74 2l34-12-18 24c2 34-26 56-62 48-26-6-42-30-28-62z", "#2b3a3a"));
  svg.append(shape("M214 196c18 4 34 16 36 38-22 0-38-14-36-38z", "#c9682f"));
  svg.append(shape("M196 182l-18 4 16 8z", "#e8a14a"));
  svg.append(shape("M214 182a4 4 0 110 8 4 4 0 010-8z", "#f7f3ea"));
  svg.append(shape("M120 262c60-14 140-14 220 2M228 238l-4 20M244 238l2 20", "#5b3f2b", true));
  return svg;
}

const LEAVES = [
  [44, 40, 0.75, -18, "#c9682f"], [150, 20, 0.4, 30, "#d98a3d"], [300, 150, 0.55, 48, "#b5492c"],
  [420, 214, 0.42, -40, "#c9682f"], [70, 196, 0.36, 64, "#b5492c"], [330, 32, 0.34, -64, "#d98a3d"],
];

function palette(body) {
  return { body, shade: mix(body, 0, 0.22), light: mix(body, 255, 0.42), line: mix(body, 255, 0.75) };
}

/** `colour` (#rrggbb) moved towards black (0) or white (255). */
function mix(colour, towards, part) {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `rgb(${channels.map((value) => Math.round(value + (towards - value) * part)).join(" ")})`;
}

function drawing(box) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

function shape(path, colour, line = false) {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("d", path);
  element.setAttribute("fill", line ? "none" : colour);
  if (line) {
    element.setAttribute("stroke", colour);
    element.setAttribute("stroke-width", "3");
    element.setAttribute("stroke-linecap", "round");
  }
  return element;
}
