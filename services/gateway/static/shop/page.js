/** What the shop's pages share: the language and the words. */

import { TEXTS } from "./texts.js";

const KEY = "maplebird:language";

/** The visitor's language: chosen before, or the browser's. */
export function rememberedLanguage() {
  let chosen = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    // Without storage the browser's language counts.
  }
  if (chosen in TEXTS) return chosen;
  return (navigator.language ?? "en").startsWith("zh") ? "zh" : "en";
}

export function rememberLanguage(language) {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // The choice then lasts as long as the page.
  }
}

/** The text `name`, its placeholders filled. */
export function text(language, name, values = {}) {
  return TEXTS[language][name].replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}

/** Puts the words of `language` into the page. */
export function translate(language) {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = text(language, "title");
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(language, element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", text(language, element.dataset.label));
  }
  const button = document.getElementById("language");
  button.textContent = text(language, "language");
  button.lang = language === "zh" ? "en" : "zh-CN";
}

/** JSON from the server, or null when it is not to be had. */
export async function fetchJson(path, options = {}) {
  try {
    const response = await fetch(path, { ...options, signal: AbortSignal.timeout(8_000) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
