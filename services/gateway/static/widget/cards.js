/** The components of a reply. Each maker takes (component, context) and yields an element or null. */

import { h, icon } from "./dom.js";
import { clock, day, link, local, money, pieces, price, richText, safeUrl, unbroken } from "./format.js";

/**
 * `context`: say(name, values), lookUp(name), language, origins, act(kind, value, label).
 * Components with buttons carry `update(item)`, called whenever the reply's standing changes.
 */
export const CARDS = {
  order_card: orderCard,
  product_card: productCard,
  receipt: receiptCard,
  image: imageCard,
  link: linkCard,
};

const STEPS = ["pending", "packed", "shipped", "delivered"];
const REACHED = { pending: 0, packed: 1, shipped: 2, out_for_delivery: 2, delivered: 3 };
const CALM = ["cancelled", "returned", "refunded", "return_requested"];
const LINES_SHOWN = 3;

function orderCard(component, { say, lookUp, language }) {
  const order = component.order ?? component;
  const status = String(order.status ?? "");
  const label = local(order.status_label, language) || lookUp(`status.${status}`) || status;
  return h("article", { class: "card order", part: "order-card" },
    h("header", { class: "card-head" },
      icon("box"),
      h("h4", {}, say("order.title", { number: order.number ?? order.id ?? "" })),
      status && h("span", { class: `badge ${CALM.includes(status) ? "calm" : "good"}` }, label)),
    status in REACHED && progress(REACHED[status], say),
    orderLines(order, say, language),
    facts([
      [say("order.placed"), day(order.placed_at, language)],
      [say("order.expected"), order.delivered_at ? "" : day(order.expected_at, language)],
      [say("order.delivered"), day(order.delivered_at, language)],
      [say("order.tracking"), [local(order.carrier, language), order.tracking_number].filter(Boolean).join(" ")],
      [say("order.total"), money(order.total, order.currency, language)],
    ]));
}

/** The road of an order. The badge says the same in words, so that this is only for the eye. */
function progress(reached, say) {
  const steps = STEPS.map((name, index) =>
    h("li", { class: index < reached ? "past" : index === reached ? "now" : "" }, h("span", {}, say(`step.${name}`))));
  return h("ol", { class: "progress", "aria-hidden": "true" }, steps);
}

function orderLines(order, say, language) {
  const lines = order.items ?? order.lines ?? [];
  if (!lines.length) return null;
  const rows = lines.slice(0, LINES_SHOWN).map((line) => {
    const options = Object.values(line.options ?? {}).map((option) => local(option, language)).join(" · ");
    return h("li", {},
      h("span", { class: "line-name" }, local(line.name ?? line.sku, language), options && h("small", {}, options)),
      h("span", { class: "line-count" }, `× ${line.quantity ?? 1}`),
      h("span", { class: "line-price" }, money(line.price, order.currency, language)));
  });
  const more = lines.length - LINES_SHOWN;
  return h("ul", { class: "lines" }, rows, more > 0 && h("li", { class: "quiet" }, say("order.more", { count: more })));
}

function facts(pairs) {
  const known = pairs.filter(([, value]) => value);
  if (!known.length) return null;
  return h("dl", { class: "facts" }, known.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

function productCard(component, { say, language, origins }) {
  const product = component.product ?? component;
  const name = local(product.name ?? product.title, language);
  const stock = product.stock;
  const known = stock === undefined || stock === null ? null : stockText(Number(stock), say);
  return h("article", { class: "card product", part: "product-card" },
    h("div", { class: "product-art" }, icon("bag")),
    h("div", { class: "product-body" },
      h("h4", {}, link(product.url, name, origins)),
      product.description && h("p", { class: "quiet clamp" }, local(product.description, language)),
      h("p", { class: "product-foot" },
        h("strong", {}, price(product.price ?? product.prices, product.currency, language)),
        known && h("span", { class: `badge ${Number(stock) > 0 ? "good" : "calm"}` }, known))));
}

function stockText(stock, say) {
  if (stock <= 0) return say("product.out");
  return stock <= 5 ? say("product.low", { count: stock }) : say("product.stock");
}

function receiptCard(component, { say, lookUp, language }) {
  const action = lookUp(`action.${component.action}`) ?? local(component.title, language);
  const number = component.receipt ?? component.number ?? "";
  const at = component.committed_at ?? component.at;
  return h("article", { class: "card receipt", part: "receipt" },
    h("span", { class: "receipt-mark" }, icon("check")),
    h("div", {},
      h("h4", {}, say("receipt.title")),
      h("p", {}, [action, component.target].filter(Boolean).join(" · ")),
      component.effect && h("p", { class: "quiet" }, local(component.effect, language)),
      h("p", { class: "receipt-number" }, say("receipt.number"), " ", h("code", {}, String(number))),
      at && h("p", { class: "quiet" }, `${day(at, language)} ${clock(at, language)}`)));
}

function imageCard(component, { say, language, origins }) {
  const url = safeUrl(component.url ?? component.src, origins);
  const text = local(component.alt ?? component.title, language) || say("image.alt");
  if (!url) return h("p", { class: "quiet" }, text);
  return h("img", { class: "picture", src: url.href, alt: text, loading: "lazy", referrerpolicy: "no-referrer" });
}

function linkCard(component, { say, language, origins }) {
  const label = local(component.label ?? component.title ?? component.text, language) || say("link.open");
  const url = safeUrl(component.url ?? component.href, origins);
  if (!url) return h("p", { class: "quiet" }, label);
  const hint = h("span", { class: "unseen" }, say("opens.new"));
  return h("a", { class: "link-card", href: url.href, target: "_blank", rel: "noopener noreferrer" },
    icon("link"), h("span", {}, label), hint);
}

/** The passages behind an answer, folded away. */
export function sourcesOf(reply, { say, origins }) {
  const sources = reply.sources ?? [];
  if (!sources.length) return null;
  const title = sources.length === 1 ? say("sources.one") : say("sources.many", { count: sources.length });
  return h("details", { class: "sources", part: "sources" },
    h("summary", {}, icon("book"), title, icon("down")),
    h("ol", {}, sources.map((source) => h("li", {},
      h("p", { class: "source-title" }, link(source.url, String(source.title ?? ""), origins)),
      source.passage && h("blockquote", {}, richText(String(source.passage), origins))))));
}

/** The answers that a reply offers, as buttons. */
export function choiceButtons(options, { say, act, language }) {
  const buttons = options.map((option) => {
    const label = local(option.label, language);
    const press = () => act("choose", option.id, label);
    return h("button", { type: "button", class: "choice", "data-key": `choose-${option.id}`, onclick: press },
      pieces(label));
  });
  const group = h("div", { class: "choices", part: "choices", role: "group", "aria-label": say("choices.label") }, buttons);
  group.update = (item) => buttons.forEach((button, index) => {
    button.disabled = !item.live;
    button.setAttribute("aria-pressed", String(item.answer?.value === options[index].id));
  });
  return group;
}

/** A write that waits for the customer's word. */
export function previewCard(preview, { say, lookUp, language, act, later }) {
  const decide = (kind) => () => act(kind, preview.id, null);
  const confirm = h("button", { type: "button", class: "primary", "data-key": "confirm", onclick: decide("confirm") },
    say("preview.confirm"));
  const decline = h("button", { type: "button", class: "plain", "data-key": "decline", onclick: decide("decline") },
    say("preview.decline"));
  const note = h("p", { class: "quiet note", role: "status" });
  const title = lookUp(`action.${preview.action}`) ?? String(preview.action ?? "").replaceAll("_", " ");
  const card = h("article", { class: "card preview", part: "preview" },
    h("header", { class: "card-head" }, icon("shield"), h("h4", {}, say("preview.title"))),
    h("p", { class: "preview-what" }, h("strong", {}, title), preview.target && h("span", {}, local(preview.target, language))),
    h("p", { class: "preview-effect" }, unbroken(local(preview.effect, language))),
    h("div", { class: "buttons" }, confirm, decline),
    note);
  card.update = (item) => {
    const remaining = Date.parse(preview.expires_at) - Date.now();
    const expired = remaining <= 0;
    const open = item.live && !expired;
    for (const [button, kind] of [[confirm, "confirm"], [decline, "decline"]]) {
      button.disabled = !open;
      button.setAttribute("aria-pressed", String(item.answer?.kind === kind));
    }
    note.textContent = previewNote(item, expired, preview, say, language);
    card.classList.toggle("closed", !open);
    // A wait beyond 2^31 ms would fire at once.
    if (open && remaining < 86_400_000) later(`preview-${preview.id}`, remaining + 50);
  };
  return card;
}

function previewNote(item, expired, preview, say, language) {
  if (item.answer) return say("preview.used");
  if (!item.live) return say("preview.past");
  if (expired) return say("preview.expired");
  return preview.expires_at ? say("preview.until", { time: clock(preview.expires_at, language) }) : "";
}
