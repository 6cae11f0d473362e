/** Pictures of products, drawn from their category and id: the shop has no photographs. */

const SVG = "http://www.w3.org/2000/svg";

const GROUNDS = ["#efe6d8", "#e2ebe4", "#f1e1d6", "#e3e6ee", "#ece8da", "#e7e0e8"];
const BODIES = ["#1d5c55", "#c9682f", "#3e4f6b", "#8a4a3a", "#6a7b4f", "#4a4640", "#b08a3e", "#5f4b73"];
const COLOURS = {
  "black": "#34373a", "white": "#f3f1ec", "cream": "#efe4cc", "grey": "#9a9f9e", "charcoal": "#4b5054", "navy": "#2f4160",
  "indigo": "#3d4f7d", "sky blue": "#8fb7d3", "jade green": "#5d9a7e", "olive": "#747c4c", "camel": "#c39a63",
  "brown": "#80553a", "maple red": "#b5432c", "dusty pink": "#d3a19d", "yellow": "#e2b33c",
};

/** Shapes in a box of 120 × 120: a path and the colour of the product that fills it; `line` is drawn as a stroke. */
const SHAPES = {
  top: [
    ["M43 30l17 7 17-7 21 13-8 20-10-4v35H40V59l-10 4-8-20z", "body"],
    ["M43 30l17 7 17-7c-3 9-9 13-17 13s-14-4-17-13z", "shade"],
    ["M40 88h40v6H40z", "shade"],
  ],
  jacket: [
    ["M46 26h28l19 13-5 53H76V54l-2 44H46l-2-44v38H32l-5-53z", "body"],
    ["M58.5 30h3v68h-3z", "shade"],
    ["M46 26h28l-8 13H54z", "shade"],
    ["M48 74h8M64 74h8", "line"],
  ],
  trousers: [
    ["M40 22h40l8 76H67l-7-50-7 50H32z", "body"],
    ["M40 22h40l1 9H39z", "shade"],
    ["M60 31v14", "line"],
  ],
  dress: [
    ["M48 22h6c0 7 12 7 12 0h6l-2 24 18 48c-18 6-38 6-56 0l18-48z", "body"],
    ["M50 44h20l1 6H49z", "shade"],
    ["M52 60l-6 34M68 60l6 34M60 58v38", "line"],
  ],
  sneaker: [
    ["M24 50c6 5 14 5 19 0l18 19c8 6 22 6 34 11 4 2 5 6 4 9H24z", "body"],
    ["M22 87h78c1 5-1 9-6 9H28c-5 0-7-4-6-9z", "shade"],
    ["M50 57l6 7-8 4M57 65l6 6-8 4", "line"],
  ],
  boot: [
    ["M38 24h24v34c4 9 16 11 32 16 5 2 7 6 6 12H38z", "body"],
    ["M35 85h66c1 6-1 11-6 11H41c-5 0-7-5-6-11z", "shade"],
    ["M38 24h24v9H38z", "shade"],
    ["M54 43h8M54 51h8M55 59h9", "line"],
  ],
  slipper: [
    ["M22 78c4-4 12-4 20-2 8-16 26-16 38-4 8 8 20 6 20 16v4H22z", "body"],
    ["M20 88h82c1 5-2 8-7 8H27c-5 0-8-3-7-8z", "shade"],
    ["M48 72c8-8 20-8 28 2", "line"],
  ],
  buds: [
    ["M34 34a14 14 0 0114 14v34a7 7 0 01-14 0V62a14 14 0 010-28zM86 34a14 14 0 00-14 14v34a7 7 0 0014 0V62a14 14 0 000-28z", "body"],
    ["M34 41a7 7 0 110 14 7 7 0 010-14zM86 41a7 7 0 110 14 7 7 0 010-14z", "shade"],
  ],
  headphones: [
    ["M30 66a30 30 0 0160 0v8h-8v-8a22 22 0 00-44 0v8h-8z", "shade"],
    ["M26 68h14v26H32a6 6 0 01-6-6zM80 68h14v20a6 6 0 01-6 6h-8z", "body"],
    ["M40 70h5v22h-5zM75 70h5v22h-5z", "light"],
  ],
  speaker: [
    ["M42 26h36a10 10 0 0110 10v50a10 10 0 01-10 10H42a10 10 0 01-10-10V36a10 10 0 0110-10z", "body"],
    ["M60 46a19 19 0 110 38 19 19 0 010-38z", "shade"],
    ["M60 57a8 8 0 110 16 8 8 0 010-16z", "light"],
  ],
  box: [
    ["M40 30h40a9 9 0 019 9v48a9 9 0 01-9 9H40a9 9 0 01-9-9V39a9 9 0 019-9z", "body"],
    ["M31 80h58v7a9 9 0 01-9 9H40a9 9 0 01-9-9z", "shade"],
    ["M63 42L52 60h14L56 76", "line"],
  ],
  lamp: [
    ["M34 92h42a6 6 0 016 6H28a6 6 0 016-6z", "shade"],
    ["M53 94l-8-36 24-18 3 4-21 16 8 34z", "shade"],
    ["M62 26l26 22c-6 10-20 12-30 4-8-7-6-20 4-26z", "body"],
    ["M70 54l6 12M80 52l10 10", "line"],
  ],
  kettle: [
    ["M42 44h36l8 46a6 6 0 01-6 6H40a6 6 0 01-6-6z", "body"],
    ["M47 36h26l3 8H44z", "shade"],
    ["M80 54c14 2 14 24 5 30M40 56L24 44M56 32h8", "line"],
  ],
  watch: [
    ["M46 22h28l3 20H43zM43 80h34l-3 20H46z", "shade"],
    ["M60 35a26 26 0 110 52 26 26 0 010-52z", "body"],
    ["M60 42a19 19 0 110 38 19 19 0 010-38z", "light"],
    ["M60 50v12l8 5", "line"],
  ],
  cable: [
    ["M44 22h14v18H44zM64 80h14v18H64z", "body"],
    ["M47 40h8v10h-8zM67 70h8v10h-8z", "shade"],
    ["M51 50c0 34-24 14-18 34 5 16 28 6 26-18-2-20 14-22 12 4", "thick"],
  ],
  bag: [
    ["M47 46v-8a13 13 0 0126 0v8h-6v-8a7 7 0 00-14 0v8z", "shade"],
    ["M32 44h56l6 44a8 8 0 01-8 8H34a8 8 0 01-8-8z", "body"],
    ["M42 66h36v18H42z", "shade"],
    ["M42 72h36", "line"],
  ],
  hat: [
    ["M60 18a8 8 0 110 16 8 8 0 010-16z", "light"],
    ["M28 76c0-28 14-44 32-44s32 16 32 44z", "body"],
    ["M26 72h68a8 8 0 018 8v4a8 8 0 01-8 8H26a8 8 0 01-8-8v-4a8 8 0 018-8z", "shade"],
  ],
  scarf: [
    ["M36 28c14-10 34-10 48 0l4 18c-16 10-40 10-56 0z", "body"],
    ["M54 46h20l4 44H56z", "body"],
    ["M56 46h10l-4 24-7-2z", "shade"],
    ["M56 84h22l1 6H56z", "shade"],
    ["M59 91v7M65 91v7M71 91v7M77 91v7", "line"],
  ],
  umbrella: [
    ["M18 62c4-24 22-36 42-36s38 12 42 36c-7-5-15-5-21 0-6-5-15-5-21 0-6-5-15-5-21 0-6-5-14-5-21 0z", "body"],
    ["M60 26c-10 8-20 18-21 36 6-5 15-5 21 0 6-5 15-5 21 0-1-18-11-28-21-36z", "shade"],
    ["M60 60v30c0 9-12 9-12 1M60 20v6", "line"],
  ],
  wallet: [
    ["M32 40h56a8 8 0 018 8v36a8 8 0 01-8 8H32a8 8 0 01-8-8V48a8 8 0 018-8z", "body"],
    ["M72 58h24v16H72a8 8 0 010-16z", "shade"],
    ["M32 48h50", "line"],
  ],
};

/** The first word that is found in the name decides; else the category. */
const KINDS = [
  [/leggings|jeans|trousers/, "trousers"], [/dress|skirt/, "dress"], [/coat|jacket|fleece|hoodie/, "jacket"],
  [/boots?\b/, "boot"], [/slipper|sandal|flats|loafer/, "slipper"], [/buds/, "buds"], [/headphone/, "headphones"],
  [/speaker|humidifier|scale/, "speaker"], [/lamp|fan/, "lamp"], [/kettle/, "kettle"], [/watch/, "watch"], [/cable/, "cable"],
  [/beanie|\bhat\b|cap\b/, "hat"], [/scarf|socks/, "scarf"], [/umbrella/, "umbrella"], [/wallet|belt/, "wallet"],
];
const BY_CATEGORY = { clothing: "top", shoes: "sneaker", electronics: "box", accessories: "bag" };

const LEAF = "M60 12l9 20 17-8-4 20 23 1-15 16 17 11-21 7 5 17-20-5-9 13v20h-4V91l-9-13-20 5 5-17-21-7 17-11-15-16 23-1-4-20 17 8z";

/** The picture of a product. The same product always looks the same. */
export function productArt(product) {
  const seed = scattered(String(product.id));
  const svg = drawing("0 0 120 120");
  svg.append(shape("M0 0h120v120H0z", GROUNDS[seed % GROUNDS.length]));
  svg.append(shape("M26 101a34 4 0 0168 0a34 4 0 01-68 0z", "#00000012"));
  const colours = palette(COLOURS[colourOf(product)] ?? BODIES[(seed >>> 8) % BODIES.length]);
  for (const [path, role] of SHAPES[kindOf(product)]) svg.append(shape(path, colours[role], { line: 3, thick: 6 }[role]));
  return svg;
}

function kindOf({ name, category }) {
  const found = KINDS.find(([word]) => word.test(name.en.toLowerCase()));
  return found?.[1] ?? BY_CATEGORY[category] ?? "bag";
}

function colourOf({ variants }) {
  return variants?.[0]?.options?.color?.en;
}

/** A number for a text; neighbours such as P1001 and P1002 come far apart. */
function scattered(text) {
  let hash = 2166136261;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507);
  return (hash ^ (hash >>> 13)) >>> 0;
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
  svg.append(shape("M120 262c60-14 140-14 220 2M228 238l-4 20M244 238l2 20", "#5b3f2b", 3));
  return svg;
}

const LEAVES = [
  [44, 40, 0.75, -18, "#c9682f"], [150, 20, 0.4, 30, "#d98a3d"], [300, 150, 0.55, 48, "#b5492c"],
  [420, 214, 0.42, -40, "#c9682f"], [70, 196, 0.36, 64, "#b5492c"], [330, 32, 0.34, -64, "#d98a3d"],
];

function palette(body) {
  const pale = [1, 3, 5].reduce((sum, at) => sum + Number.parseInt(body.slice(at, at + 2), 16), 0) > 560;
  const line = pale ? mix(body, 0, 0.45) : mix(body, 255, 0.75);
  return { body, shade: mix(body, 0, pale ? 0.14 : 0.22), light: mix(body, 255, 0.42), line, thick: body };
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

function shape(path, colour, stroke = 0) {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("d", path);
  element.setAttribute("fill", stroke ? "none" : colour);
  if (stroke) {
    element.setAttribute("stroke", colour);
    element.setAttribute("stroke-width", String(stroke));
    element.setAttribute("stroke-linecap", "round");
  }
  return element;
}
