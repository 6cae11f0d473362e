/** One maker for each type of transcript item: {element, update(item)}. */

import { CARDS, choiceButtons, previewCard, sourcesOf } from "./cards.js";
import { h, icon, toggle } from "./dom.js";
import { clock, pieces, richText } from "./format.js";
import { optionsOf, previewOf } from "./transcript.js";

/** The element of `item`; `context` as for cards, and retry(id), rate(replyId, rating), stop(turn), connected(). */
export function renderItem(item, context) {
  return ITEMS[item.type](item, context);
}

const ITEMS = { own, reply, stream, agent, notice };

function own(item, context) {
  const { say } = context;
  const fixed = item.kind === "text" || item.kind === "choose" ? null : say(`own.${item.kind}`);
  const text = fixed ?? item.label ?? (item.kind === "choose" ? say("own.choice", { id: item.value }) : item.value);
  const state = h("span", { class: "state" });
  const retry = h("button", { type: "button", class: "retry", "data-key": `retry-${item.id}`, onclick: () => context.retry(item.id) },
    say("state.retry"));
  const element = h("div", { class: "row own", part: "own" },
    h("div", { class: "bubble" }, h("span", { class: "unseen" }, `${say("own.label")}: `),
      item.kind === "choose" ? pieces(text) : text),
    h("div", { class: "meta" }, state, retry));
  return { element, update: (now) => showState(now, { element, state, retry }, context) };
}

function showState(item, { element, state, retry }, { say, lookUp, connected, isLastOwn }) {
  element.dataset.state = item.state;
  toggle(retry, "hidden", item.state !== "failed");
  const reason = item.state === "failed" && lookUp(`refused.${item.reason}`);
  const name = item.state === "sending" && !connected() ? "waiting" : item.state;
  const quiet = item.state === "accepted" && !isLastOwn(item);
  const text = quiet ? "" : reason || say(`state.${name}`);
  if (state.textContent !== text) state.textContent = text;
}

function reply(item, context) {
  const { say, origins, language } = context;
  const message = item.reply;
  const parts = partsOf(message, context);
  const thumbs = message.by === "agent" ? null : feedback(message.id, context);
  const element = h("div", { class: "row bot", part: "reply", "data-reply": message.id },
    h("div", { class: "stack" },
      message.text && h("div", { class: "bubble", lang: message.language === "zh" ? "zh-CN" : message.language },
        h("span", { class: "unseen" }, `${say(message.by === "agent" ? "agent.label" : "bot.label")}: `),
        richText(withoutOptions(message), origins)),
      parts,
      sourcesOf(message, context),
      h("div", { class: "meta" }, item.at && h("time", { datetime: item.at }, clock(item.at, language)), thumbs?.element)));
  const update = (now) => {
    for (const part of parts) part.update?.(now);
    thumbs?.update(now);
  };
  return { element, update };
}

/** The text without the numbered list that it holds for those who see no buttons. */
function withoutOptions(message) {
  const labels = new Set(optionsOf(message).map((option) => option.label));
  const kept = message.text.split("\n").filter((line) => !labels.has(line.replace(/^\d{1,2}[.、)]\s*/, "")));
  return kept.join("\n").trim() || message.text;
}

function partsOf(message, context) {
  const options = optionsOf(message);
  const preview = previewOf(message);
  const cards = (message.components ?? []).map((component) => CARDS[component.type]?.(component, context));
  return [
    ...cards,
    preview && previewCard(preview, context),
    options.length && choiceButtons(options, context),
  ].filter(Boolean);
}

function feedback(replyId, { say, rate }) {
  const make = (rating, picture) => h("button", {
    type: "button", class: "thumb", "data-key": `${rating}-${replyId}`, title: say(`feedback.${rating}`),
    "aria-label": say(`feedback.${rating}`), onclick: () => rate(replyId, rating),
  }, icon(picture));
  const buttons = { up: make("up", "up"), down: make("down", "thumbDown") };
  const element = h("span", { class: "thumbs", role: "group", "aria-label": say("feedback.label") }, buttons.up, buttons.down);
  const update = (item) => {
    for (const [rating, button] of Object.entries(buttons)) {
      button.setAttribute("aria-pressed", String(item.rating === rating));
    }
  };
  return { element, update };
}

/** The text of a reply under way is hidden from screen readers: they get it once, when it is whole. */
function stream(item, { say, stop }) {
  const text = document.createTextNode("");
  const bubble = h("div", { class: "bubble under-way", "aria-hidden": "true" }, text);
  const button = h("button", { type: "button", class: "stop", part: "stop", "data-key": `stop-${item.turn}`, onclick: () => stop(item.turn) },
    icon("stop"), say("stream.stop"));
  const element = h("div", { class: "row bot", part: "stream" }, h("div", { class: "stack" }, bubble, h("div", { class: "meta" }, button)));
  const update = (now) => {
    text.data = now.text;
    button.disabled = Boolean(now.stopping);
  };
  return { element, update };
}

function agent(item, { say, origins, language }) {
  const element = h("div", { class: "row bot person", part: "agent" },
    h("div", { class: "stack" },
      h("p", { class: "who" }, icon("person"), say("agent.label")),
      h("div", { class: "bubble" }, richText(String(item.text ?? ""), origins)),
      h("div", { class: "meta" }, item.at && h("time", { datetime: item.at }, clock(item.at, language)))));
  return { element, update: () => {} };
}

function notice(item, { say }) {
  return { element: h("p", { class: "notice", part: "notice" }, h("span", {}, say(`notice.${item.name}`))), update: () => {} };
}
