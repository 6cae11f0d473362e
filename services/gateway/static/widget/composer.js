/** The place to write: grows with the text, counts code points, and knows input methods. */

import { h, icon, toggle } from "./dom.js";
import { codePoints } from "./format.js";

const LIMIT = 4_000;
const COUNT_SHOWN_FROM = 3_600;
const TALLEST_PX = 132;

export class Composer {
  #say;
  #submit;
  #field;
  #count;
  #button;
  #blocked = false;
  element;

  /** `beside`: what else stands below the field. */
  constructor(say, submit, beside) {
    this.#say = say;
    this.#submit = submit;
    this.#field = h("textarea", {
      class: "field", part: "input", rows: "1", "aria-label": say("composer.label"), placeholder: say("composer.placeholder"),
      autocomplete: "off", enterkeyhint: "send", "aria-describedby": "count", "data-key": "input",
      oninput: () => this.#changed(), onkeydown: (event) => this.#onKey(event),
    });
    this.#count = h("p", { class: "count", id: "count", role: "status", hidden: true });
    this.#button = h("button", { type: "submit", class: "send", part: "send", "aria-label": say("composer.send"), disabled: true }, icon("send"));
    this.element = h("form", { class: "composer", onsubmit: (event) => this.#onSubmit(event) },
      h("div", { class: "field-frame" }, this.#field, this.#button),
      h("div", { class: "foot" }, beside, this.#count));
  }

  get text() {
    return this.#field.value;
  }

  set text(value) {
    this.#field.value = value;
    this.#changed();
  }

  focus() {
    this.#field.focus({ preventScroll: true });
  }

  block(on) {
    if (this.#blocked === on) return;
    this.#blocked = on;
    this.#changed();
  }

  #onSubmit(event) {
    event.preventDefault();
    if (this.#button.disabled) return;
    const text = this.text.trim();
    this.text = "";
    this.#submit(text);
  }

  #onKey(event) {
    // While an input method composes, Enter takes its candidate; 229 is what some browsers report then.
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.element.requestSubmit();
  }

  #changed() {
    const length = codePoints(this.text.trim());
    this.#button.disabled = this.#blocked || length === 0 || length > LIMIT;
    this.#showCount(length);
    this.#field.style.height = "auto";
    this.#field.style.height = `${Math.min(this.#field.scrollHeight, TALLEST_PX)}px`;
  }

  #showCount(count) {
    const over = count > LIMIT;
    toggle(this.#count, "hidden", count < COUNT_SHOWN_FROM);
    this.#count.classList.toggle("over", over);
    toggle(this.#field, "aria-invalid", false);
    if (over) this.#field.setAttribute("aria-invalid", "true");
    const shape = { count: count.toLocaleString("en"), limit: LIMIT.toLocaleString("en") };
    this.#count.textContent = count < COUNT_SHOWN_FROM ? "" : this.#say(over ? "composer.over" : "composer.count", shape);
  }
}
