/** The panel: header, banners, conversation, composer. It draws a Conversation and reports what is done in it. */

import { Composer } from "./composer.js";
import { h, icon, toggle } from "./dom.js";
import { renderItem } from "./messages.js";
import { lookUp, say } from "./texts.js";

const NEAR_BOTTOM_PX = 80;
const RECONNECTING_SHOWN_AFTER_MS = 1_500;

export class Panel {
  #conversation;
  #host;
  #shown = new Map();
  #timers = new Map();
  #unlinkedSince = null;
  #parts = {};
  element;

  /** `host`: language(), origins(), close(), switchLanguage(), restart(). */
  constructor(conversation, host) {
    this.#conversation = conversation;
    this.#host = host;
    this.#build();
  }

  get language() {
    return this.#host.language();
  }

  /** What the customer has written and not sent. */
  get draft() {
    return this.#parts.composer.text;
  }

  set draft(text) {
    this.#parts.composer.text = text;
  }

  focus() {
    this.#parts.composer.focus();
    this.#toEnd();
  }

  /** Escape closes the menu if it is open; says whether it was. */
  closeMenu() {
    const { menu } = this.#parts;
    if (!menu.open) return false;
    menu.open = false;
    menu.querySelector("summary").focus();
    return true;
  }

  dispose() {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  render() {
    const { log, typing, greeting } = this.#parts;
    const stuck = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_BOTTOM_PX;
    const before = this.#shown.size;
    log.setAttribute("aria-busy", String(this.#conversation.loading));
    toggle(greeting, "hidden", this.#conversation.transcript.items.length > 0 || this.#conversation.loading);
    this.#renderItems();
    toggle(typing, "hidden", !this.#typing());
    this.#renderBanner();
    this.#renderHandoff();
    this.#parts.composer.block(this.#conversation.stopped !== null);
    if (stuck) this.#toEnd();
    else if (this.#shown.size > before) toggle(this.#parts.newer, "hidden", false);
  }

  #say(name, values) {
    return say(this.language, name, values);
  }

  #build() {
    const text = (name, values) => this.#say(name, values);
    const greeting = this.#greeting();
    const list = h("div", { class: "items" });
    const typing = h("div", { class: "row bot typing", hidden: true },
      h("div", { class: "bubble" }, h("span", { class: "unseen" }, text("typing")), h("i"), h("i"), h("i")));
    const log = h("div", {
      class: "log", part: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions",
      "aria-label": text("log.label"), tabindex: "0", onscroll: () => this.#onScroll(),
    }, greeting, list, typing);
    const newer = h("button", { type: "button", class: "newer", hidden: true, onclick: () => this.#toEnd() },
      icon("down"), text("log.newer"));
    const banner = h("div", { class: "banner", part: "banner", role: "status", hidden: true });
    const handoff = h("div", { class: "handoff", part: "handoff", role: "status", hidden: true });
    const menu = this.#menu();
    const person = h("button", { type: "button", class: "ask-person", part: "person", onclick: () => this.#askPerson() },
      icon("person"), h("span", {}, text("person.ask")));
    const composer = new Composer(text, (value) => this.#send("text", value), person);
    this.#parts = { greeting, list, typing, log, newer, banner, handoff, composer, menu, person };
    this.element = h("section", {
      class: "panel", part: "panel", role: "dialog", "aria-label": text("panel.label"),
      lang: this.language === "zh" ? "zh-CN" : "en",
    }, this.#header(menu), handoff, banner, h("div", { class: "log-frame" }, log, newer), composer.element);
  }

  #header(menu) {
    return h("header", { class: "head" },
      h("span", { class: "mark" }, icon("bell")),
      h("div", { class: "names" },
        h("h2", {}, this.#say("panel.title")),
        h("p", {}, this.#say("panel.subtitle"))),
      menu,
      h("button", { type: "button", class: "round", "aria-label": this.#say("panel.close"), "data-key": "close",
        onclick: () => this.#host.close() }, icon("close")));
  }

  #menu() {
    const act = (run) => () => {
      this.#parts.menu.open = false;
      run();
      this.#parts.composer.focus();
    };
    return h("details", { class: "menu", onfocusout: (event) => this.#leaveMenu(event) },
      h("summary", { class: "round", "aria-label": this.#say("menu.open"), "data-key": "menu" }, icon("more")),
      h("div", { class: "menu-list" },
        h("button", { type: "button", "data-key": "language", onclick: () => this.#host.switchLanguage() }, this.#say("menu.language")),
        h("button", { type: "button", "data-key": "restart", onclick: act(() => this.#host.restart()) }, this.#say("menu.restart"))));
  }

  #leaveMenu(event) {
    const { menu } = this.#parts;
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  }

  #greeting() {
    const suggest = (text) => h("button", { type: "button", class: "choice", onclick: () => this.#send("text", text) }, text);
    return h("div", { class: "greeting" },
      h("h3", {}, this.#say("greeting.title")),
      h("p", {}, this.#say("greeting.text")),
      h("div", { class: "choices", role: "group", "aria-label": this.#say("greeting.suggestions.label") },
        lookUp(this.language, "greeting.suggestions").map(suggest)));
  }

  #renderItems() {
    const { list } = this.#parts;
    const items = this.#conversation.transcript.items;
    const keys = new Set(items.map((item) => item.key));
    for (const [key, { element }] of this.#shown) {
      if (keys.has(key)) continue;
      element.remove();
      this.#shown.delete(key);
    }
    const focused = list.getRootNode().activeElement;
    items.forEach((item, place) => this.#renderAt(list, item, place));
    // A button that was used is disabled and would take the focus with it.
    if (focused?.disabled || (focused && !focused.isConnected)) this.#parts.composer.focus();
  }

  #renderAt(list, item, place) {
    if (!this.#shown.has(item.key)) this.#shown.set(item.key, renderItem(item, this.#context()));
    const { element, update } = this.#shown.get(item.key);
    update(item);
    if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
  }

  #context() {
    const conversation = this.#conversation;
    return {
      language: this.language,
      origins: this.#host.origins(),
      say: (name, values) => this.#say(name, values),
      lookUp: (name) => lookUp(this.language, name),
      act: (kind, value, label) => this.#send(kind, value, label),
      retry: (id) => conversation.retry(id),
      rate: (replyId, rating) => conversation.rate(replyId, rating),
      stop: (turn) => conversation.stopReply(turn),
      connected: () => conversation.link === "ready" || conversation.link === "off",
      isLastOwn: (item) => conversation.transcript.items.findLast((other) => other.type === "own") === item,
      later: (name, delayMs) => this.#later(name, delayMs),
    };
  }

  #send(kind, value, label) {
    this.#conversation.send(kind, value, label);
    this.#toEnd();
    this.#parts.composer.focus();
  }

  async #askPerson() {
    const arrived = await this.#conversation.askPerson();
    if (!arrived) this.#showBanner(this.#say("person.failed"));
  }

  #typing() {
    return this.#conversation.transcript.waiting || this.#conversation.typingUntil > Date.now();
  }

  #renderBanner() {
    const { stopped, loading, slowUntil } = this.#conversation;
    const slow = Math.ceil((slowUntil - Date.now()) / 1000);
    if (stopped) {
      const resume = () => this.#conversation.takeBack();
      const button = stopped === "replaced" && h("button", { type: "button", onclick: resume }, this.#say("banner.replaced.resume"));
      this.#showBanner(this.#say(stopped === "replaced" ? "banner.replaced" : "banner.stopped"), button);
    } else if (!navigator.onLine) this.#showBanner(this.#say("banner.offline"));
    else if (slow > 0) {
      this.#showBanner(this.#say("banner.slow", { seconds: slow }));
      this.#later("slow", 1000);
    } else if (this.#longUnlinked()) this.#showBanner(this.#say("banner.reconnecting"));
    else if (loading) this.#showBanner(this.#say("banner.loading"));
    else this.#showBanner("");
  }

  /** Reconnecting takes a moment as a rule; only a longer absence is worth a word. */
  #longUnlinked() {
    const unlinked = this.#conversation.link === "waiting" || this.#conversation.link === "connecting";
    if (!unlinked) {
      this.#unlinkedSince = null;
      return false;
    }
    this.#unlinkedSince ??= Date.now();
    const missing = RECONNECTING_SHOWN_AFTER_MS - (Date.now() - this.#unlinkedSince);
    if (missing > 0) this.#later("unlinked", missing + 10);
    return missing <= 0;
  }

  #showBanner(text, button = null) {
    const { banner } = this.#parts;
    const key = `${text}${button ? "+" : ""}`;
    if (banner.dataset.key === key) return;
    banner.dataset.key = key;
    banner.replaceChildren(...(text ? [h("span", {}, text)] : []), ...(button ? [button] : []));
    toggle(banner, "hidden", !text);
  }

  #renderHandoff() {
    const { handoff: bar, person } = this.#parts;
    const handoff = this.#conversation.transcript.handoff;
    person.disabled = this.#conversation.asking || ["queued", "claimed", "requested"].includes(handoff?.state);
    person.lastChild.textContent = this.#say(this.#conversation.asking ? "person.asking" : "person.ask");
    toggle(bar, "hidden", !handoff);
    const key = handoff ? JSON.stringify(handoff) : "";
    if (bar.dataset.key === key) return;
    bar.dataset.key = key;
    bar.replaceChildren(...(handoff ? this.#handoffParts(handoff) : []));
  }

  #handoffParts({ state, ticket, position, minutes }) {
    const named = ["claimed", "expired"].includes(state) ? state : position ? "queued" : "waiting";
    const wait = state !== "claimed" && minutes ? this.#say("handoff.wait", { minutes }) : null;
    const small = [ticket && this.#say("handoff.ticket", { ticket }), wait].filter(Boolean).join(" · ");
    return [icon("person"), h("p", {}, h("strong", {}, this.#say(`handoff.${named}`, { position })), small && h("small", {}, small))];
  }

  #onScroll() {
    const { log, newer } = this.#parts;
    if (log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_BOTTOM_PX) toggle(newer, "hidden", true);
  }

  #toEnd() {
    const { log, newer } = this.#parts;
    log.scrollTop = log.scrollHeight;
    toggle(newer, "hidden", true);
  }

  #later(name, delayMs) {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(() => this.render(), delayMs));
  }
}
