/** The demo shop's front page: products, language, and whom to shop as. */

import { heroArt, productArt } from "./art.js";
import { fetchJson, rememberLanguage, rememberedLanguage, text, translate } from "./page.js";

const SHOWN_FIRST = 12;
const CUSTOMER_KEY = "maplebird:customer";

const page = { language: rememberedLanguage(), products: [], category: null, all: false };
// The shop stays open when the chat could not be loaded.
const chat = document.querySelector("deskbell-chat") ?? document.createElement("deskbell-chat");
const grid = document.getElementById("grid");
const customers = document.getElementById("customer");

function make(tag, className, content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (content !== undefined) element.append(content);
  return element;
}

function speak(language) {
  page.language = language;
  rememberLanguage(language);
  translate(language);
  chat.setAttribute("language", language);
  if (customers.options.length) customers.options[0].textContent = text(language, "signin.nobody");
  showSections();
  showProducts();
}

function showSections() {
  const names = [null, ...new Set(page.products.map((product) => product.category))];
  document.getElementById("sections").replaceChildren(...names.map((name) => {
    const button = make("button", "", text(page.language, `category.${name ?? "all"}`));
    button.type = "button";
    button.setAttribute("aria-pressed", String(page.category === name));
    button.addEventListener("click", () => {
      page.category = name;
      showSections();
      showProducts();
      document.getElementById("products").scrollIntoView({ block: "start" });
    });
    return button;
  }));
}

function showProducts() {
  const chosen = page.products.filter((product) => !page.category || product.category === page.category);
  const shown = page.all || page.category ? chosen : mixed(chosen).slice(0, SHOWN_FIRST);
  grid.replaceChildren(...shown.map(productTile));
  document.getElementById("more").hidden = shown.length === chosen.length;
}

/** One of each category in turn, so that the first look shows what there is. */
function mixed(products) {
  const places = new Map();
  const placed = products.map((product) => {
    const place = places.get(product.category) ?? 0;
    places.set(product.category, place + 1);
    return [place, product];
  });
  return placed.sort(([one], [other]) => one - other).map(([, product]) => product);
}

function productTile(product) {
  const name = product.name[page.language] ?? product.name.en;
  const tile = make("article", "tile");
  const ask = make("button", "ask", text(page.language, "shelf.ask"));
  ask.type = "button";
  ask.setAttribute("aria-label", `${ask.textContent}: ${name}`);
  ask.addEventListener("click", () => askAbout(name));
  const art = make("div", "art", productArt(product));
  const words = make("div", "words", make("h3", "", name));
  words.append(make("p", "price", price(pricesOf(product))), ask);
  tile.append(art, words);
  return tile;
}

/** A product's own price, or that of its cheapest variant in each currency. */
function pricesOf(product) {
  if (product.price) return product.price;
  const prices = {};
  for (const variant of product.variants ?? []) {
    for (const [code, amount] of Object.entries(variant.prices ?? {})) {
      if (!(code in prices) || Number(amount) < Number(prices[code])) prices[code] = amount;
    }
  }
  return prices;
}

function price(prices) {
  if (!Object.keys(prices).length) return "";
  const currency = page.language === "zh" ? "CNY" : "EUR";
  const [code, amount] = currency in prices ? [currency, prices[currency]] : Object.entries(prices)[0];
  const shape = { style: "currency", currency: code, currencyDisplay: "narrowSymbol" };
  return new Intl.NumberFormat(page.language === "zh" ? "zh-CN" : "en-GB", shape).format(Number(amount));
}

function askAbout(name) {
  chat.open = true;
  chat.draft = text(page.language, "shelf.question", { name });
}

async function showCustomers() {
  const known = (await fetchJson("/demo/customers")) ?? [];
  const nobody = new Option(text(page.language, "signin.nobody"), "");
  customers.replaceChildren(nobody, ...known.map(({ id, name }) => new Option(`${name} · ${id}`, id)));
  customers.closest("label").hidden = known.length === 0;
  const before = sessionStorage.getItem(CUSTOMER_KEY);
  if (before && known.some(({ id }) => id === before)) {
    customers.value = before;
    await signIn(before);
  }
}

async function signIn(customer) {
  sessionStorage.setItem(CUSTOMER_KEY, customer);
  if (!customer) {
    chat.removeAttribute("customer-token");
    return;
  }
  const headers = { "content-type": "application/json" };
  const answer = await fetchJson("/demo/token", { method: "POST", headers, body: JSON.stringify({ customer }) });
  if (answer) chat.setAttribute("customer-token", answer.token);
}

async function showCatalogue() {
  page.products = (await fetchJson("/demo/products")) ?? [];
  document.querySelector(".shelf").hidden = page.products.length === 0;
  showSections();
  showProducts();
}

document.getElementById("hero-art").append(heroArt());
document.getElementById("language").addEventListener("click", () => speak(page.language === "en" ? "zh" : "en"));
document.getElementById("more").addEventListener("click", () => {
  page.all = true;
  showProducts();
});
document.querySelector("[data-ask]").addEventListener("click", () => {
  chat.open = true;
});
customers.addEventListener("change", () => signIn(customers.value));
chat.addEventListener("deskbell-language", (event) => speak(event.detail.language));
speak(page.language);
await Promise.all([showCatalogue(), showCustomers()]);
