/** Text, addresses, money and times as the customer may safely see them. */

import { h } from "./dom.js";

/** Spans and numbers such as 5-7, 2026-11-22 and R-7K2PQ4XZ, which a line end must not cut in two. */
const HYPHENATED = /(?<![\w-])[A-Z0-9]{1,8}(?:-[A-Z0-9]{1,8}){1,2}(?![\w-])/g;
const ADDRESS = /https?:\/\/[^\s<>"'“”‘’，。；！？、（）()[\]{}]+/g;

/** `address` as a URL if it is http(s) on one of `origins`, else null. The name of a file is no address. */
export function safeUrl(address, origins) {
  if (!/^(https?:\/\/|\/)/i.test(String(address))) return null;
  try {
    const url = new URL(String(address), origins[0]);
    const web = url.protocol === "https:" || url.protocol === "http:";
    return web && !url.username && origins.includes(url.origin) ? url : null;
  } catch {
    return null;
  }
}

/** A link of our own origins, or its label as plain text. */
export function link(address, label, origins, attributes = {}) {
  const url = address ? safeUrl(address, origins) : null;
  if (!url) return document.createTextNode(label);
  return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", ...attributes }, label);
}

/** `text` as nodes: addresses of our own origins become links, everything else stays text. */
export function richText(text, origins) {
  const nodes = [];
  let rest = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(/[.,;:!?]+$/, "");
    nodes.push(...unbroken(text.slice(rest, match.index)), link(address, address, origins));
    rest = match.index + address.length;
  }
  nodes.push(...unbroken(text.slice(rest)));
  return nodes;
}

/** `text` as nodes in which hyphenated numbers stay on one line. */
export function unbroken(text) {
  const nodes = [];
  let rest = 0;
  for (const match of text.matchAll(HYPHENATED)) {
    nodes.push(text.slice(rest, match.index), h("span", { class: "whole" }, match[0]));
    rest = match.index + match[0].length;
  }
  nodes.push(text.slice(rest));
  return nodes;
}

/** A label such as "MB10042 · jacket · 2026-11-20", breaking only between its parts. */
export function pieces(label) {
  const parts = label.split(" · ");
  return parts.flatMap((part, index) => [index ? " " : "", h("span", { class: "piece" }, index < parts.length - 1 ? `${part} ·` : part)]);
}

/** The length that the server counts: code points, not UTF-16 units. */
export function codePoints(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** A text that may come as {en, zh}. */
export function local(value, language) {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return String(value[language] ?? value.en ?? Object.values(value)[0] ?? "");
  return String(value);
}

const LOCALES = { en: "en-GB", zh: "zh-CN" };

/** `amount` (a decimal number or numeral) in `currency`; anything else as it came. */
export function money(amount, currency, language) {
  const number = Number(amount);
  if (amount === null || amount === undefined || amount === "") return "";
  if (!currency || Number.isNaN(number)) return `${amount}${currency ? ` ${currency}` : ""}`;
  try {
    return new Intl.NumberFormat(LOCALES[language], {
      style: "currency", currency, currencyDisplay: "narrowSymbol",
    }).format(number);
  } catch {
    return `${amount} ${currency}`;
  }
}

/** A price that may come as one amount or as {CNY, EUR}; the language's own currency first. */
export function price(prices, currency, language) {
  if (prices === null || typeof prices !== "object") return money(prices, currency, language);
  const wished = [currency, language === "zh" ? "CNY" : "EUR", ...Object.keys(prices)];
  const found = wished.find((code) => code && code in prices);
  return found ? money(prices[found], found, language) : "";
}

/** A day for an ISO time; anything else as it came. */
export function day(iso, language) {
  return moment(iso, language, { day: "numeric", month: "short", year: "numeric" });
}

/** Hours and minutes for an ISO time. */
export function clock(iso, language) {
  return moment(iso, language, { hour: "2-digit", minute: "2-digit" });
}

function moment(iso, language, shape) {
  const date = new Date(iso);
  if (!iso || Number.isNaN(date.getTime())) return local(iso, language);
  return new Intl.DateTimeFormat(LOCALES[language], shape).format(date);
}
