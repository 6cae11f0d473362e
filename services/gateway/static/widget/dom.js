/** Building DOM without HTML: text only ever becomes a text node. */

const SVG = "http://www.w3.org/2000/svg";

/** An element; `on*` functions become listeners, null and false attributes are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** Sets or removes a boolean attribute. */
export function toggle(element, name, on) {
  element.toggleAttribute(name, Boolean(on));
}

const PATHS = {
  chat: "M4 5.5h16v11H10.5L6 20v-3.5H4z",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  send: "M12 19V5M5.5 11.5L12 5l6.5 6.5",
  stop: "M7 7h10v10H7z",
  person: "M12 12a4 4 0 100-8 4 4 0 000 8zM4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
  bell: "M6 16.5V11a6 6 0 0112 0v5.5l1.5 1.5h-15zM10 20.5a2.2 2.2 0 004 0M12 5V3",
  more: "M12 6v.01M12 12v.01M12 18v.01",
  up: "M7 11v9H4v-9zM7 11l4-8c1.7 0 2.5 1.1 2.5 2.5L13 9h5.5a2 2 0 012 2.3l-1.1 7A2 2 0 0117.4 20H7",
  thumbDown: "M17 13V4h3v9zM17 13l-4 8c-1.7 0-2.5-1.1-2.5-2.5L11 15H5.5a2 2 0 01-2-2.3l1.1-7A2 2 0 016.6 4H17",
  check: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 8v5M12 16.5v.01M12 3.5l9.5 16.5h-19z",
  box: "M4 8l8-4 8 4v8.5l-8 4-8-4zM4 8l8 4 8-4M12 12v8.5",
  bag: "M5.5 8h13l1 12h-15zM9 10.5V7a3 3 0 016 0v3.5",
  shield: "M12 3.5l7.5 3v5.5c0 4.5-3.2 7.3-7.5 8.5-4.3-1.2-7.5-4-7.5-8.5V6.5z",
  link: "M10 14a4 4 0 005.7 0l3-3A4 4 0 0013 5.3l-1 1M14 10a4 4 0 00-5.7 0l-3 3A4 4 0 0011 18.7l1-1",
  book: "M5 5.5c2.5-1 5-.8 7 .8 2-1.6 4.5-1.8 7-.8V18c-2.5-.8-5-.6-7 .8-2-1.4-4.5-1.6-7-.8zM12 6.3v12.5",
};

/** A line icon, hidden from screen readers: its button or text carries the name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
