/**
 * <deskbell-chat>: a shop's customer service in the corner of any page.
 *
 *   <script type="module" src="https://chat.example.com/static/chat-widget.js"></script>
 *
 * The tag alone is enough: without a <deskbell-chat> on the page, one is added, with the script's `data-*`
 * attributes as its own. Attributes, all of which may change at any time:
 *
 *   server          origin of the Deskbell server; default: where this script came from
 *   language        en | zh; default: the customer's last choice, else the browser's
 *   customer-token  signed by the shop; signs the customer in, its removal signs out
 *   theme           light | dark; default: what the system prefers
 *   open            present: the panel is open
 *
 * Events, bubbling out of the shadow tree: `deskbell-toggle` {open}, `deskbell-language` {language}.
 * Custom property: `--deskbell-accent`. Parts: launcher, panel, log, own, reply, preview, receipt and more.
 */

import { Conversation } from "./widget/conversation.js";
import { h, icon, toggle } from "./widget/dom.js";
import { Memory } from "./widget/memory.js";
import { Panel } from "./widget/panel.js";
import { STYLES } from "./widget/styles.js";
import { nearest, say, startLanguage } from "./widget/texts.js";

const NAME = "deskbell-chat";
const ATTRIBUTES = ["server", "language", "customer-token", "theme", "open"];
const PHONE = "(max-width: 560px)";

class DeskbellChat extends HTMLElement {
  static observedAttributes = ATTRIBUTES;
  #root;
  #memory = null;
  #conversation = null;
  #panel = null;
  #language = "en";
  #unread = 0;
  #known = new Set();
  #drawing = false;
  #listeners = null;
  #launcher;
  #badge;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    this.#root.adoptedStyleSheets = [sheet];
  }

  /** The origin of the Deskbell server. */
  get server() {
    return new URL(this.getAttribute("server") || import.meta.url, location.href).origin;
  }

  get open() {
    return this.hasAttribute("open");
  }

  set open(value) {
    toggle(this, "open", value);
  }

  /** What stands in the composer, for pages that prepare a question. */
  get draft() {
    return this.#panel?.draft ?? "";
  }

  set draft(text) {
    if (this.#panel) this.#panel.draft = String(text);
  }

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.#root.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    addEventListener("online", () => this.#onNetwork(), { signal });
    addEventListener("offline", () => this.#onNetwork(), { signal });
    globalThis.visualViewport?.addEventListener("resize", () => this.#fit(), { signal });
    this.#start();
  }

  disconnectedCallback() {
    this.#listeners.abort();
    this.#stop();
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#conversation || before === now) return;
    if (name === "server") this.#start();
    if (name === "language") this.#speak(nearest(now) ?? this.#language);
    if (name === "customer-token") this.#signIn(now);
    if (name === "open") this.#onToggle();
  }

  #start() {
    this.#stop();
    this.#memory = new Memory(this.server);
    this.#language = startLanguage(this.getAttribute("language"), this.#memory.language);
    this.#conversation = new Conversation(this.server, this.#memory, {
      changed: () => this.#draw(), language: () => this.#language,
    });
    this.#build();
    this.#signIn(this.getAttribute("customer-token"));
  }

  #stop() {
    this.#conversation?.dispose();
    this.#panel?.dispose();
    this.#conversation = null;
    this.#known.clear();
    this.#unread = 0;
  }

  #signIn(customerToken) {
    this.#conversation.signIn(customerToken);
    this.#conversation.resume();
  }

  #build() {
    this.#badge = h("span", { class: "unread", hidden: true, "aria-hidden": "true" });
    this.#launcher = h("button", { type: "button", class: "launcher", part: "launcher", "aria-haspopup": "dialog",
      onclick: () => { this.open = !this.open; } }, icon("chat"), icon("close"), this.#badge);
    this.#panel?.dispose();
    this.#panel = new Panel(this.#conversation, {
      language: () => this.#language,
      origins: () => [this.server, location.origin],
      close: () => this.#close(),
      restart: () => this.#conversation.restart(),
      switchLanguage: () => this.#switchLanguage(),
    });
    this.#root.replaceChildren(h("div", { class: "frame" }, this.#panel.element, this.#launcher));
    this.#onToggle(false);
    this.#render();
  }

  #speak(language) {
    if (language === this.#language) return;
    this.#language = language;
    const focused = this.#root.activeElement !== null;
    const { draft } = this.#panel;
    this.#build();
    this.#panel.draft = draft;
    if (focused && this.open) this.#panel.focus();
  }

  #switchLanguage() {
    const language = this.#language === "en" ? "zh" : "en";
    this.#memory.keep({ language });
    this.#speak(language);
    this.#tell("deskbell-language", { language });
  }

  #onToggle(moveFocus = true) {
    toggle(this.#panel.element, "hidden", !this.open);
    this.#launcher.setAttribute("aria-expanded", String(this.open));
    this.#panel.element.setAttribute("aria-modal", String(matchMedia(PHONE).matches));
    if (this.open) this.#unread = 0;
    this.#render();
    if (!moveFocus) return;
    if (this.open) this.#panel.focus();
    this.#tell("deskbell-toggle", { open: this.open });
  }

  #close() {
    this.open = false;
    this.#launcher.focus();
  }

  #onKey(event) {
    if (!this.open || event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      if (!this.#panel.closeMenu()) this.#close();
    }
    if (event.key === "Tab" && matchMedia(PHONE).matches) this.#stayInside(event);
  }

  /** On a phone the panel covers the page: Tab must not wander off behind it. */
  #stayInside(event) {
    const stops = [...this.#panel.element.querySelectorAll("button, a[href], summary, textarea, [tabindex='0']")]
      .filter((element) => !element.disabled && element.checkVisibility());
    const [first, last] = [stops[0], stops.at(-1)];
    const from = event.shiftKey ? first : last;
    if (this.#root.activeElement !== from) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }

  #onNetwork() {
    if (navigator.onLine) this.#conversation.networkBack();
    else this.#conversation.networkGone();
    this.#draw();
  }

  /** The on-screen keyboard shrinks what is to be seen, not the window. */
  #fit() {
    this.style.setProperty("--deskbell-height", `${globalThis.visualViewport.height}px`);
  }

  /** Draws once for all changes of the moment. */
  #draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      if (this.#conversation) this.#render();
    });
  }

  #render() {
    this.#countUnread();
    this.#panel.render();
    toggle(this.#badge, "hidden", this.#unread === 0);
    this.#badge.textContent = String(this.#unread);
    const name = this.open ? "panel.close" : this.#unread ? "launcher.unread" : "launcher.open";
    this.#launcher.setAttribute("aria-label", say(this.#language, name, { count: this.#unread }));
  }

  /** What arrived while the panel was closed; a log read again is no news. */
  #countUnread() {
    const items = this.#conversation.transcript.items.filter((item) => item.type === "reply" || item.type === "agent");
    const fresh = items.filter((item) => !this.#known.has(item.key));
    for (const item of fresh) this.#known.add(item.key);
    const news = !this.open && this.#conversation.link === "ready";
    if (news) this.#unread += fresh.length;
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/** The script's own tag, whose `data-*` attributes configure an element that it adds. */
function ownTag() {
  return [...document.querySelectorAll("script[src]")].find((script) => script.src === import.meta.url);
}

function addElement() {
  if (document.querySelector(NAME)) return;
  const element = document.createElement(NAME);
  const data = ownTag()?.dataset ?? {};
  for (const name of ATTRIBUTES) {
    const value = data[name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())];
    if (value !== undefined) element.setAttribute(name, value);
  }
  document.body.append(element);
}

if (!customElements.get(NAME)) {
  customElements.define(NAME, DeskbellChat);
  addElement();
}
